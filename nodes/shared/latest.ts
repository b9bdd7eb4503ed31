/** Load shedding at a node's door: one waiting message for each source, the newest wins, the drops are counted. */

interface Waiting {
  readonly run: () => Promise<void>;
  readonly drop: () => void;
}

export class LatestPerSource {
  private readonly busy = new Set<string>();
  private readonly waiting = new Map<string, Waiting>();
  private count = 0;

  /** Messages that were replaced by a newer one before their turn came. */
  get dropped(): number {
    return this.count;
  }

  /** Runs the work, now or after the one that runs; resolves to false when a newer one took its place. */
  async run(source: string, work: () => Promise<void>): Promise<boolean> {
    if (!this.busy.has(source)) {
      this.busy.add(source);
      try {
        await work();
      } finally {
        this.release(source);
      }
      return true;
    }
    const replaced = this.waiting.get(source);
    if (replaced) {
      this.count++;
      replaced.drop();
    }
    return new Promise<boolean>((resolve, reject) => {
      this.waiting.set(source, {
        run: () => work().then(() => resolve(true), reject),
        drop: () => resolve(false),
      });
    });
  }

  private release(source: string): void {
    const next = this.waiting.get(source);
    this.waiting.delete(source);
    if (!next) {
      this.busy.delete(source);
      return;
    }
    void next.run().finally(() => this.release(source));
  }
}
