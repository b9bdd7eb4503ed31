/**
 * What time it is at each source between two frames, so that people leave when frames stop. Time goes by only once
 * the next frame is overdue: a file that a slow machine plays at a tenth of its speed must not lose its tracks
 * between two frames.
 */

interface Reading {
  /** Of the latest frame, ms. */
  readonly timestamp: number;
  /** When it came, ms of the steady clock. */
  readonly arrived: number;
  /** From the frame before to it, ms; 0 for the first. */
  readonly gap: number;
}

/** A frame is overdue after this many times the gap before it. */
const PATIENCE = 2;

export class SourceClocks {
  /** In the order of the latest frame: the first is silent for longest. */
  private readonly readings = new Map<string, Reading>();

  /** @param maxSources the one silent for longest is forgotten first */
  constructor(private readonly maxSources: number) {}

  /**
   * Notes a frame.
   * @param timestamp of the frame, ms
   * @param now ms of a steady clock, the same for all calls
   */
  note(source: string, timestamp: number, now: number): void {
    const before = this.readings.get(source);
    this.readings.delete(source);
    this.readings.set(source, { timestamp, arrived: now, gap: before ? now - before.arrived : 0 });
    if (this.readings.size > this.maxSources) this.forget(this.readings.keys().next().value!);
  }

  forget(source: string): void {
    this.readings.delete(source);
  }

  clear(): void {
    this.readings.clear();
  }

  /** Each source with the time there, ms on the clock of its frames. */
  times(now: number): [source: string, time: number][] {
    return [...this.readings].map(([source, { timestamp, arrived, gap }]) => [
      source,
      timestamp + Math.max(now - arrived - PATIENCE * gap, 0),
    ]);
  }
}
