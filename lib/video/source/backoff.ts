/** How long to wait before the next attempt: exponential with jitter, so that cameras behind one switch do not all come at once. */

export interface BackoffOptions {
  readonly firstMs: number;
  readonly longestMs: number;
  /** 0 ≤ random() < 1. */
  readonly random?: () => number;
}

const FACTOR = 2;
/** Share of the wait that is left to chance. */
const JITTER = 0.3;

export class Backoff {
  private attempts = 0;

  constructor(private readonly options: BackoffOptions) {}

  /** Attempts since the last success. */
  get attempt(): number {
    return this.attempts;
  }

  /** Milliseconds to wait now; never above longestMs. */
  next(): number {
    const { firstMs, longestMs, random = Math.random } = this.options;
    const full = Math.min(longestMs, firstMs * FACTOR ** this.attempts);
    this.attempts++;
    return Math.round(full * (1 - JITTER * random()));
  }

  reset(): void {
    this.attempts = 0;
  }
}
