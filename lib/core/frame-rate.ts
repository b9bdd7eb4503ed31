/** Frames per second of a stream, as a moving mean over the last frames. */
export class FrameRate {
  private readonly times: number[] = [];

  /** @param window how many intervals the mean covers */
  constructor(private readonly window = 30) {}

  /**
   * @param at milliseconds
   * @returns frames per second, or undefined before the second frame
   */
  add(at: number): number | undefined {
    this.times.push(at);
    if (this.times.length > this.window + 1) this.times.shift();
    const elapsed = at - this.times[0]!;
    return elapsed > 0 ? ((this.times.length - 1) * 1000) / elapsed : undefined;
  }
}
