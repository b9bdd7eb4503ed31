/** One engine a core, each with one thread: evaluation wants many images at a time, not one image fast. */
import { availableParallelism } from 'node:os';
import { Engine } from '../../../lib/engine/engine';
import type { ProviderChoice } from '../../../lib/inference/provider-names';

export interface PoolOptions {
  readonly provider: ProviderChoice;
  /** Engines; 0 takes as many as the machine has cores. */
  readonly workers: number;
  /** A manifest of the user's own models. */
  readonly manifest?: string | undefined;
}

export class EnginePool {
  private readonly engines: Engine[];

  constructor({ provider, workers, manifest }: PoolOptions) {
    const count = workers > 0 ? workers : availableParallelism();
    this.engines = Array.from(
      { length: count },
      () => new Engine({ provider, threads: 1, ...(manifest !== undefined && { manifest }) }),
    );
  }

  /**
   * Works through the items, as many at a time as there are engines; the results are in the items' order. The first
   * error ends the run.
   */
  async map<T, R>(items: readonly T[], work: (item: T, engine: Engine) => Promise<R>): Promise<R[]> {
    const results = new Array<R>(items.length);
    let next = 0;
    const drain = async (engine: Engine) => {
      while (next < items.length) {
        const index = next++;
        try {
          results[index] = await work(items[index]!, engine);
        } catch (error) {
          next = items.length;
          throw error;
        }
      }
    };
    await Promise.all(this.engines.map(drain));
    return results;
  }

  /** Works through what `next` gives until it gives undefined; the results are in the order in which they came to be. */
  async drain<T, R>(
    next: () => Promise<T | undefined>,
    work: (item: T, engine: Engine) => Promise<R>,
  ): Promise<R[]> {
    const results: R[] = [];
    let failed = false;
    const take = async () => (failed ? undefined : next());
    const drainWith = async (engine: Engine) => {
      try {
        for (let item = await take(); item !== undefined; item = await take())
          results.push(await work(item, engine));
      } catch (error) {
        failed = true;
        throw error;
      }
    };
    await Promise.all(this.engines.map(drainWith));
    return results;
  }

  async close(): Promise<void> {
    await Promise.all(this.engines.map((engine) => engine.close()));
  }
}
