/** What a video source is told: options with defaults, checked once. */
import { invalid, isRecord, nonEmptyString, numberIn, oneOf } from '../../core/validate';

export const HARDWARE = [
  'none',
  'auto',
  'vaapi',
  'cuda',
  'videotoolbox',
  'qsv',
  'd3d11va',
  'drm',
  'v4l2m2m',
] as const;
export type Hardware = (typeof HARDWARE)[number];

export const CAMERA_SYSTEMS = ['v4l2', 'avfoundation', 'dshow'] as const;
export type CameraSystem = (typeof CAMERA_SYSTEMS)[number];

export const TRANSPORTS = ['tcp', 'udp'] as const;
export type Transport = (typeof TRANSPORTS)[number];
export const DEFAULT_TRANSPORT: Transport = 'tcp';

export const PACES = ['real time', 'flow'] as const;
/** A file or folder plays by its own clock, or as fast as frames are taken, losing none. */
export type Pace = (typeof PACES)[number];
export const DEFAULT_PACE: Pace = 'real time';

/** A camera of this machine. */
export interface CameraInput {
  readonly kind: 'camera';
  /** /dev/video0 (v4l2), an index or name (avfoundation), a name (dshow). */
  readonly device: string;
  /** Defaults to the platform's own. */
  readonly system?: CameraSystem;
  /** What the camera is asked for; it has its own defaults. */
  readonly size?: { readonly width: number; readonly height: number };
  /** Asked of the camera too. */
  readonly framesPerSecond?: number;
  /** v4l2 and dshow: mjpeg, h264, yuyv422 …; avfoundation: a pixel format. */
  readonly format?: string;
}

/** Any address that FFmpeg reads: RTSP(S), HTTP MJPEG, HLS, RTMP, SRT … It is reconnected to for ever. */
export interface StreamInput {
  readonly kind: 'stream';
  /** Credentials may stand in it; they are shown nowhere. */
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
  /** RTSP only. */
  readonly transport?: Transport;
}

/** A video file or an animated GIF. */
export interface FileInput {
  readonly kind: 'file';
  readonly path: string;
  /** By its own clock, or as fast as frames are taken, losing none. */
  readonly pace?: Pace;
  /** Begins again at the end. */
  readonly loop?: boolean;
}

/** The images below a folder in natural order: frame2 before frame10. */
export interface PicturesInput {
  readonly kind: 'pictures';
  readonly folder: string;
  /** By its own clock, or as fast as frames are taken, losing none. */
  readonly pace?: Pace;
  /** Begins again at the end. */
  readonly loop?: boolean;
  /** Its own clock. */
  readonly framesPerSecond?: number;
}

export type VideoInput = CameraInput | StreamInput | FileInput | PicturesInput;
const KINDS = ['camera', 'stream', 'file', 'pictures'] as const satisfies readonly VideoInput['kind'][];

export interface VideoSourceOptions {
  readonly input: VideoInput;
  /** Stands in every frame as its source; the address without credentials by default. */
  readonly label?: string;
  /** Pixels, scaled by the decoder; given alone, the other side keeps the aspect. */
  readonly width?: number;
  /** As the width. */
  readonly height?: number;
  /** Frames beyond it are left out. */
  readonly maxFramesPerSecond?: number;
  /** Of every n frames, the first is used. */
  readonly everyNth?: number;
  /** Who decodes: the processor (none), the first device that FFmpeg finds (auto), or a named one. */
  readonly hardware?: Hardware;
  /** Path of an ffmpeg, or "node-av"; by default the ffmpeg on the PATH, else the node-av package. */
  readonly decoderPath?: string;
  /** A connected source without a frame for so long is connected to again. */
  readonly stallAfterMs?: number;
  /** A source that shows no first frame for so long is tried again. */
  readonly connectWithinMs?: number;
  /** Wait before a lost stream is connected to again; it grows from there. */
  readonly firstRetryMs?: number;
  /** As long as that wait may become. */
  readonly longestRetryMs?: number;
  /** Time between two `statistics` events. */
  readonly statisticsEveryMs?: number;
}

export const VIDEO_DEFAULTS = {
  everyNth: 1,
  hardware: 'none',
  stallAfterMs: 10_000,
  // A camera that sends a key frame every ten seconds, and FFmpeg's five seconds of analysis.
  connectWithinMs: 20_000,
  firstRetryMs: 1000,
  longestRetryMs: 30_000,
  statisticsEveryMs: 10_000,
} as const;

/** FFmpeg's own rate for a sequence of images. */
export const PICTURES_PER_SECOND = 25;

/** The options with their defaults filled in. */
export type VideoSettings = VideoSourceOptions &
  Required<Pick<VideoSourceOptions, keyof typeof VIDEO_DEFAULTS>>;

const MAX_SIDE = 16_384;
const SIDE = { min: 16, max: MAX_SIDE, integer: true };
const RATE = { min: 0.01, max: 1000 };
const DURATION = { min: 10, max: 86_400_000 };

/** @throws ArcFlowError INVALID_ARGUMENT that names the option. */
export function toVideoSettings(options: VideoSourceOptions): VideoSettings {
  const settings: VideoSettings = { ...VIDEO_DEFAULTS, ...withoutUndefined(options) };
  checkInput(settings.input);
  for (const side of ['width', 'height'] as const) optional(settings[side], side, SIDE);
  optional(settings.maxFramesPerSecond, 'maxFramesPerSecond', RATE);
  numberIn(settings.everyNth, 'everyNth', { min: 1, max: 10_000, integer: true });
  oneOf(settings.hardware, 'hardware', HARDWARE);
  if (settings.decoderPath !== undefined) nonEmptyString(settings.decoderPath, 'decoderPath');
  for (const name of [
    'stallAfterMs',
    'connectWithinMs',
    'firstRetryMs',
    'longestRetryMs',
    'statisticsEveryMs',
  ] as const) {
    numberIn(settings[name], name, DURATION);
  }
  return settings;
}

function checkInput(input: unknown): asserts input is VideoInput {
  if (!isRecord(input)) throw invalid('a video input { kind, … }', 'input', input);
  const optionalOf = (name: string, choices: readonly string[]): void => {
    if (input[name] !== undefined) oneOf(input[name], name, choices);
  };
  switch (oneOf(input['kind'], 'kind', KINDS)) {
    case 'camera':
      nonEmptyString(input['device'], 'device');
      optionalOf('system', CAMERA_SYSTEMS);
      optional(input['framesPerSecond'], 'framesPerSecond', RATE);
      if (isRecord(input['size'])) {
        numberIn(input['size']['width'], 'camera width', SIDE);
        numberIn(input['size']['height'], 'camera height', SIDE);
      }
      return;
    case 'stream':
      checkUrl(input['url']);
      optionalOf('transport', TRANSPORTS);
      return;
    case 'file':
      nonEmptyString(input['path'], 'path');
      optionalOf('pace', PACES);
      return;
    case 'pictures':
      nonEmptyString(input['folder'], 'folder');
      optionalOf('pace', PACES);
      optional(input['framesPerSecond'], 'framesPerSecond', RATE);
  }
}

/** An address may carry a password, so the refusal does not repeat it. */
function checkUrl(url: unknown): void {
  if (typeof url !== 'string' || !/^[a-z][a-z0-9+.-]*:\/\/./i.test(url.trim())) {
    throw invalid(
      'an address such as rtsp://camera.local/stream',
      'url',
      typeof url === 'string' ? 'another text' : url,
    );
  }
}

function optional(value: unknown, name: string, range: Parameters<typeof numberIn>[2]): void {
  if (value !== undefined) numberIn(value, name, range);
}

function withoutUndefined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
