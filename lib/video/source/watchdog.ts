/** Bites when it was not stopped in time. */
export class Watchdog {
  private timer: NodeJS.Timeout | undefined;
  private bitten: number | undefined;

  constructor(private readonly bite: () => void) {}

  start(limitMs: number): void {
    this.stop();
    this.timer = setTimeout(() => {
      this.bitten = limitMs;
      this.bite();
    }, limitMs);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  /** The limit that ran out; undefined as long as none did. */
  get limitMs(): number | undefined {
    return this.bitten;
  }
}
