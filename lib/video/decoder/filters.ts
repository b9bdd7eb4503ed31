/** The filter chain that a decoder runs: fewer frames first, then square and fewer pixels, then RGB. */

export interface FilterOptions {
  readonly everyNth: number;
  readonly maxFramesPerSecond?: number | undefined;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** By what time frames are counted: the stream's own, or the wall clock where stamps are unreliable (MJPEG). */
  readonly clock: 'media' | 'wall';
}

export function filterChain({ everyNth, maxFramesPerSecond, width, height, clock }: FilterOptions): string {
  return [
    everyNth > 1 && `framestep=${everyNth}`,
    maxFramesPerSecond !== undefined && rateLimit(maxFramesPerSecond, clock),
    squarePixels(width, height),
    'setsar=1',
    'format=rgb24',
  ]
    .filter(Boolean)
    .join(',');
}

/**
 * Shape of a pixel, width by height, which FFmpeg has as 1 where it is not known. What no camera has is a broken
 * stamp, and what differs from 1 by less than a pixel in a hundred comes of rounding: both mean square.
 */
const SHAPE = 'if(between(sar,0.2,5)*gt(abs(sar-1),0.01),sar,1)';

/** Scales to square pixels, by growing: recorders store wide pictures in narrow ones. A given size is that of the result. */
function squarePixels(width: number | undefined, height: number | undefined): string {
  const wide = `iw*${SHAPE}`;
  const size = {
    w: width ?? (height === undefined ? `iw*max(1,${SHAPE})` : `${height}*${wide}/ih`),
    h: height ?? (width === undefined ? `ih/min(1,${SHAPE})` : `${width}*ih/(${wide})`),
  };
  return `scale=w=${side(size.w)}:h=${side(size.h)}`;
}

/** Whole pixels, at least one. */
function side(size: number | string): string {
  return typeof size === 'number' ? String(size) : `'max(1,round(${size}))'`;
}

/** Seconds; rounding of time stamps must not cost a frame. */
const TOLERANCE = 0.001;

/**
 * Only drops, unlike FFmpeg's fps filter, which would also repeat frames of a slower source. Register 1 holds when
 * the next frame is due; it lags at most one period behind, so that frames that come unevenly still reach the rate.
 */
function rateLimit(framesPerSecond: number, clock: FilterOptions['clock']): string {
  const period = 1 / framesPerSecond;
  // The offset keeps the due time above 0, which select would take for "drop".
  const now = clock === 'wall' ? 'time(0)' : 't+1';
  return `select='if(gte(st(0,${now})+${TOLERANCE},ld(1)),st(1,max(ld(1),ld(0)-${period})+${period}))'`;
}
