/** What FFmpeg's showinfo filter writes into the log about each frame. */

export interface FrameInfo {
  readonly width: number;
  readonly height: number;
  /** Media time; undefined for a frame without a time stamp. */
  readonly seconds: number | undefined;
}

/** One write of the filter, whatever else stands in the line before or after it. */
const SHOWINFO = /\bn:\s*\d+ pts:\s*\S+ pts_time:\s*(\S+)(?=\s).*? s:(\d+)x(\d+) /;

export function parseFrameInfo(line: string): FrameInfo | undefined {
  const [, time, width, height] = SHOWINFO.exec(line) ?? [];
  if (width === undefined || height === undefined) return undefined;
  const seconds = Number(time);
  return {
    width: Number(width),
    height: Number(height),
    seconds: Number.isFinite(seconds) ? seconds : undefined,
  };
}

/** The same line, for a decoder that is not ffmpeg. */
export function formatFrameInfo(n: number, { width, height, seconds }: FrameInfo): string {
  return `n:${n} pts:${n} pts_time:${seconds ?? 'NOPTS'} s:${width}x${height} `;
}
