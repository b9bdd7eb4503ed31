/** A video input in FFmpeg's terms, the same for both decoders: what to open, as which format, with which options. */
import { resolve } from 'node:path';
import { parseAddress } from '../source/address';
import {
  DEFAULT_TRANSPORT,
  type CameraInput,
  type CameraSystem,
  type FileInput,
  type StreamInput,
} from '../source/options';

export interface DecoderInput {
  readonly url: string;
  /** url without credentials, for people. */
  readonly shown: string;
  readonly secrets: readonly string[];
  /** url holds more than may be shown, so it must not stand in a process list either. */
  readonly confidential: boolean;
  /** Forces a demuxer; by default FFmpeg finds it. */
  readonly format?: string;
  /** Options of demuxer and protocol, by FFmpeg's names. */
  readonly options: Readonly<Record<string, string>>;
  /** The source ends: a file. What does not end is connected to again. */
  readonly finite: boolean;
  /** Frames come in bursts or as fast as they are read, and are played by their own clock. */
  readonly paced: boolean;
}

const MICROSECONDS_PER_MS = 1000;

export function toDecoderInput(
  input: CameraInput | StreamInput | FileInput,
  timeoutMs: number,
): DecoderInput {
  switch (input.kind) {
    case 'camera':
      return cameraInput(input);
    case 'stream':
      return streamInput(input, timeoutMs);
    case 'file':
      return fileInput(input);
  }
}

const SYSTEM_OF_PLATFORM: Partial<Record<NodeJS.Platform, CameraSystem>> = {
  darwin: 'avfoundation',
  win32: 'dshow',
};

interface CameraNames {
  readonly url: (device: string) => string;
  readonly formatOption: string;
  readonly defaults: Readonly<Record<string, string>>;
}

const CAMERAS: Record<CameraSystem, CameraNames> = {
  v4l2: { url: (device) => device, formatOption: 'input_format', defaults: {} },
  // Its default of 29.97 is refused by most cameras.
  avfoundation: {
    url: (device) => `${device}:none`,
    formatOption: 'pixel_format',
    defaults: { framerate: '30' },
  },
  dshow: { url: (device) => `video=${device}`, formatOption: 'vcodec', defaults: {} },
};

function cameraInput({ device, system, size, framesPerSecond, format }: CameraInput): DecoderInput {
  const format_ = system ?? SYSTEM_OF_PLATFORM[process.platform] ?? 'v4l2';
  const names = CAMERAS[format_];
  return {
    url: names.url(device),
    shown: device,
    secrets: [],
    confidential: false,
    format: format_,
    options: {
      ...names.defaults,
      ...(size && { video_size: `${size.width}x${size.height}` }),
      ...(framesPerSecond !== undefined && { framerate: String(framesPerSecond) }),
      ...(format && { [names.formatOption]: format }),
    },
    finite: false,
    paced: false,
  };
}

const RTSP = /^rtsps?:/i;
/** Protocols that honour FFmpeg's general time limit on reading and writing. */
const TIME_LIMITED = /^(?:https?|rtmp[a-z]*|tcp|tls|srt):/i;
/** Playlists bring seconds of video at a time. */
const PLAYLIST = /^[^?#]*\.(?:m3u8|mpd)(?:[?#]|$)/i;

/** Named by who may edit the flow, such as a pipe that another program writes. */
const LOCAL = /^file:/i;

/**
 * What a network stream may lead on to, by playlist or redirection: the network and nothing else. A hostile camera
 * would name files of this machine. FFmpeg passes the list on to what a crypto: address (encrypted HLS) leads to.
 */
export const NETWORK_PROTOCOLS = [
  ...[
    'http',
    'https',
    'httpproxy',
    'crypto',
    'tcp',
    'tls',
    'udp',
    'udplite',
    'rtp',
    'srtp',
    'srt',
    'sctp',
    'rist',
  ],
  ...[
    'rtmp',
    'rtmps',
    'rtmpt',
    'rtmpts',
    'rtmpe',
    'rtmpte',
    'ffrtmphttp',
    'ffrtmpcrypt',
    'mmsh',
    'mmst',
    'ftp',
  ],
] as const;

/** The limits on input and output end a decoder whose parent died while it waited for a silent camera. */
function streamInput(
  { url, user, password, transport = DEFAULT_TRANSPORT }: StreamInput,
  timeoutMs: number,
): DecoderInput {
  const address = parseAddress(url, { ...(user && { user }), ...(password && { password }) });
  const timeout = String(timeoutMs * MICROSECONDS_PER_MS);
  return {
    url: address.full,
    shown: address.shown,
    secrets: address.secrets,
    confidential: address.full !== address.shown,
    options: {
      ...(RTSP.test(address.full) && { rtsp_transport: transport, timeout }),
      ...(TIME_LIMITED.test(address.full) && { rw_timeout: timeout }),
      ...(!LOCAL.test(address.full) && { protocol_whitelist: NETWORK_PROTOCOLS.join() }),
    },
    finite: false,
    paced: PLAYLIST.test(address.full),
  };
}

/** The file: prefix keeps a name such as "a:b.mp4" or "-x.mp4" from being read as anything else. */
function fileInput({ path, pace }: FileInput): DecoderInput {
  return {
    url: `file:${resolve(path)}`,
    shown: path,
    secrets: [],
    confidential: false,
    options: {},
    finite: true,
    paced: pace !== 'flow',
  };
}
