/** The times of a stream's frames: on the media's own clock, and as if they had been taken while they were played. */

/** For frames without a time stamp. */
const DEFAULT_PERIOD_MS = 40;

export class Timeline {
  private firstMs: number | undefined;
  private lastMs = -DEFAULT_PERIOD_MS;

  /** @param startMs when the first frame was taken: milliseconds since 1970 */
  constructor(private readonly startMs: number) {}

  /** A timeline that goes on after the frame before, which may have been played faster than real time. */
  static after(previous: { readonly timestamp: number } | undefined, now: number): Timeline {
    return new Timeline(previous ? Math.max(now, previous.timestamp + DEFAULT_PERIOD_MS) : now);
  }

  /** Milliseconds on the media's clock; a frame without a stamp comes one period after the one before. */
  mediaMs(seconds: number | undefined): number {
    this.lastMs = seconds === undefined ? this.lastMs + DEFAULT_PERIOD_MS : seconds * 1000;
    this.firstMs ??= this.lastMs;
    return this.lastMs;
  }

  /** Milliseconds since 1970 at which the frame of that media time was taken, if the first was taken at the start. */
  timestamp(mediaMs: number): number {
    return this.startMs + mediaMs - (this.firstMs ?? mediaMs);
  }
}
