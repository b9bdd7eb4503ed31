/** Adds up where the time goes, stage by stage: for the status of a node and for the benchmark. */
export class Stopwatch {
  private readonly totals = new Map<string, number>();

  async time<T>(stage: string, work: () => T | Promise<T>): Promise<T> {
    const started = performance.now();
    try {
      return await work();
    } finally {
      this.totals.set(stage, (this.totals.get(stage) ?? 0) + performance.now() - started);
    }
  }

  /** Milliseconds for each stage, in the order in which the stages first ran. */
  get stages(): Record<string, number> {
    return Object.fromEntries(this.totals);
  }
}
