/** Progress of a long run with the time left, on stderr: a line that renews itself on a terminal, else one now and then. */

/** Milliseconds between two reports. */
const TERMINAL_INTERVAL = 200;
const LOG_INTERVAL = 15_000;

export interface ProgressTarget {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export class Progress {
  private done = 0;
  private readonly started: number;
  private reported: number;

  constructor(
    private readonly label: string,
    /** undefined where nobody knows, as in a video. */
    private readonly total: number | undefined,
    private readonly target: ProgressTarget = process.stderr,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.started = this.now();
    this.reported = this.started;
  }

  step(): void {
    this.done++;
    const now = this.now();
    const interval = this.target.isTTY === true ? TERMINAL_INTERVAL : LOG_INTERVAL;
    if (now - this.reported < interval) return;
    this.reported = now;
    const line = `${this.label}: ${this.done}${this.describeRest(now)}`;
    this.target.write(this.target.isTTY === true ? `\r${line}\u001b[K` : `${line}\n`);
  }

  end(): void {
    if (this.target.isTTY === true) this.target.write('\r\u001b[K');
  }

  private describeRest(now: number): string {
    const secondsEach = (now - this.started) / 1000 / this.done;
    const speed = `${(1 / secondsEach).toFixed(1)} a second`;
    if (this.total === undefined) return `, ${speed}`;
    return ` of ${this.total}, ${speed}, ${describeSeconds(secondsEach * (this.total - this.done))} left`;
  }
}

/** 45 s, 3 min 20 s, 2 h 5 min. */
export function describeSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
