/** The filter chain that a decoder runs: fewer frames first, then fewer pixels, then RGB. */

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
    (width ?? height) !== undefined && `scale=${width ?? -1}:${height ?? -1}`,
    'format=rgb24',
  ]
    .filter(Boolean)
    .join(',');
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
