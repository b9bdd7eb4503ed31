/** A slot for one item between a fast sender and a slow taker: the newest wins, nothing queues. */
export class Mailbox<T> {
  private item: T | undefined;
  private taker: ((item: T) => void) | undefined;
  private emptied: (() => void)[] = [];
  private held = false;

  /**
   * Hands the item to who waits for one, else keeps it in place of the one before.
   * @returns the item that nobody took
   */
  put(item: T): T | undefined {
    const displaced = this.item;
    this.item = item;
    this.deliver();
    return displaced;
  }

  /** Calls back once with the next item, or with the one that lies here; a newer call replaces an older one. */
  take(taker: (item: T) => void): void {
    this.taker = taker;
    this.deliver();
  }

  /** While on hold, what comes is kept, the newest of it, and nothing is handed out. */
  set hold(held: boolean) {
    this.held = held;
    this.deliver();
  }

  get isEmpty(): boolean {
    return this.item === undefined;
  }

  /** Resolves as soon as nothing lies here. */
  async whenEmpty(): Promise<void> {
    if (!this.isEmpty) await new Promise<void>((resolve) => this.emptied.push(resolve));
  }

  /** Throws away what lies here. */
  clear(): T | undefined {
    const item = this.item;
    this.empty();
    return item;
  }

  private deliver(): void {
    const { item, taker } = this;
    if (this.held || item === undefined || !taker) return;
    this.taker = undefined;
    this.empty();
    taker(item);
  }

  private empty(): void {
    this.item = undefined;
    for (const resolve of this.emptied.splice(0)) resolve();
  }
}
