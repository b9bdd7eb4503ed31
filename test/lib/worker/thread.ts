/** A thread for the tests of its client. */
import { serve } from '../../../lib/worker/serve';

export class Tricks {
  echo<T>(value: T): T {
    return value;
  }

  async later(ms: number): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return ms;
  }

  /** Blocks the thread as native code does, until the number that both share is 1. */
  block(gate: Int32Array): string {
    Atomics.wait(gate, 0, 0);
    return 'came back';
  }

  die(): void {
    process.exit(3);
  }

  throws(): void {
    throw new TypeError('of its own');
  }

  notCloneable(): () => void {
    return () => undefined;
  }
}

serve(new Tricks());
