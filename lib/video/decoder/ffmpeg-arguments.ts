/** The command line of an ffmpeg that writes raw RGB frames to its standard output and their sizes to its log. */
import type { DecoderInput } from './decoder-input';
import type { Hardware } from '../source/options';

export interface FfmpegVersion {
  readonly major: number;
  readonly minor: number;
}

/** Builds from FFmpeg's repository name a commit or a date instead of a version; they are newer than any release named here. */
export const UNRELEASED: FfmpegVersion = { major: Infinity, minor: 0 };

export function parseFfmpegVersion(banner: string): FfmpegVersion | undefined {
  const [, name] = /^ffmpeg version (\S+)/m.exec(banner) ?? [];
  if (name === undefined) return undefined;
  const [, major, minor = '0'] = /^n?(\d{1,2})\.(\d+)/.exec(name) ?? [];
  return major === undefined ? UNRELEASED : { major: Number(major), minor: Number(minor) };
}

function since(version: FfmpegVersion, major: number, minor: number): boolean {
  return version.major > major || (version.major === major && version.minor >= minor);
}

export interface DecodeJob {
  readonly input: DecoderInput;
  /** As filterChain writes it, ending in RGB. */
  readonly filters: string;
  readonly hardware: Hardware;
  /** Threads that decode; 0 for as many as there are cores. All but the first hold back a frame each. */
  readonly threads: number;
  /** Where in a file to begin. */
  readonly seekSeconds: number;
}

export interface FfmpegInvocation {
  readonly args: readonly string[];
  /** What ffmpeg reads on its standard input. */
  readonly stdin: string;
}

export function ffmpegInvocation(job: DecodeJob, version: FfmpegVersion): FfmpegInvocation {
  const { input, filters, hardware, threads, seekSeconds } = job;
  const named = { ...input, options: optionNames(input.options, version) };
  // A command line stands in the process list for every user of the machine to read.
  const hide = input.confidential && since(version, 5, 0);
  const { args, stdin } = hide ? hidden(named) : openInput(named);
  return {
    args: [
      ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'repeat+level+info'],
      ...hardwareArguments(hardware),
      ...['-threads', String(threads)],
      ...(seekSeconds > 0 ? ['-ss', String(seekSeconds)] : []),
      ...args,
      ...['-an', '-sn', '-dn'],
      // showinfo stands last, so that the sizes in the log are those of the frames that follow on standard output.
      ...['-vf', `${filters},showinfo=checksum=0`],
      ...(since(version, 5, 1) ? ['-fps_mode', 'passthrough'] : ['-vsync', 'passthrough']),
      // A camera that changes its resolution: without this, frames would be squeezed into the first size.
      ...(since(version, 4, 4) ? ['-noautoscale'] : []),
      // The encoder's threads would hold back a frame each, too.
      ...['-threads', '1', '-f', 'rawvideo', 'pipe:1'],
    ],
    stdin,
  };
}

/** RTSP's time limit was called stimeout, and timeout something else, before FFmpeg 5. */
function optionNames(options: DecoderInput['options'], version: FfmpegVersion): DecoderInput['options'] {
  const { timeout, ...others } = options;
  if (timeout === undefined || since(version, 5, 0)) return options;
  return { ...others, stimeout: timeout };
}

/** h264_v4l2m2m is a decoder of its own; the others are devices that FFmpeg's decoders use. */
function hardwareArguments(hardware: Hardware): string[] {
  if (hardware === 'none') return [];
  return hardware === 'v4l2m2m' ? ['-c:v', 'h264_v4l2m2m'] : ['-hwaccel', hardware];
}

function openInput({ url, format, options }: DecoderInput): FfmpegInvocation {
  const flags = Object.entries(options).flatMap(([name, value]) => [`-${name}`, value]);
  return { args: [...flags, ...(format ? ['-f', format] : []), '-i', url], stdin: '' };
}

function hidden(input: DecoderInput): FfmpegInvocation {
  return input.format === undefined ? hiddenInput(input) : hiddenBytes(input, input.format);
}

/** What the list on standard input is read with; its one entry brings the protocols that it may use. */
const LIST = 'pipe';

/**
 * The address goes through standard input as a list of one, which FFmpeg's concat demuxer plays; it takes the
 * entry's own options since FFmpeg 5.0 (https://ffmpeg.org/ffmpeg-formats.html#concat-1).
 */
function hiddenInput({ url, options }: DecoderInput): FfmpegInvocation {
  const lines = [
    'ffconcat version 1.0',
    `file ${quote(url)}`,
    ...Object.entries(options).map(([name, value]) => `option ${name} ${quote(value)}`),
  ];
  return {
    args: ['-f', 'concat', '-safe', '0', '-protocol_whitelist', LIST, '-i', 'pipe:0'],
    stdin: `${lines.join('\n')}\n`,
  };
}

/**
 * The concat demuxer finds the format of its entries by itself. Where one is given, the bytes come through FFmpeg's
 * HLS protocol instead, from a playlist of one on standard input. It knows no options of its entry; the watchdog
 * minds the time.
 */
function hiddenBytes({ url, options }: DecoderInput, format: string): FfmpegInvocation {
  const protocols = [LIST, 'hls', options['protocol_whitelist']].filter(Boolean).join();
  return {
    args: ['-f', format, '-protocol_whitelist', protocols, '-i', 'hls+pipe:0'],
    stdin: ['#EXTM3U', '#EXT-X-TARGETDURATION:1', '#EXTINF:1,', url, '#EXT-X-ENDLIST', ''].join('\n'),
  };
}

/** FFmpeg's quoting (https://ffmpeg.org/ffmpeg-utils.html#Quoting-and-escaping). */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
