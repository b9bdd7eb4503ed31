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
  /** How long after it the next frame is overdue, ms; 0 for the first. */
  readonly wait: number;
}

/** A frame is overdue after this many times the gap before it. */
const PATIENCE = 2;
/** And of a source whose frames are as far apart as they come, at most after this, ms: its clock goes on in between. */
const LONGEST_WAIT_MS = 1000;
/** A source whose clock goes at this share of real time or faster does not wait for a slow machine. */
const REAL_TIME = 0.5;

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
    this.readings.set(source, {
      timestamp,
      arrived: now,
      wait: before ? overdue(before, timestamp, now) : 0,
    });
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
    return [...this.readings].map(([source, { timestamp, arrived, wait }]) => [
      source,
      timestamp + Math.max(now - arrived - wait, 0),
    ]);
  }
}

function overdue(before: Reading, timestamp: number, now: number): number {
  const gap = now - before.arrived;
  const wait = PATIENCE * gap;
  return timestamp - before.timestamp >= REAL_TIME * gap ? Math.min(wait, LONGEST_WAIT_MS) : wait;
}
