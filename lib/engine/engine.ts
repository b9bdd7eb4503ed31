/**
 * The engine: one worker thread that owns decoding, the networks and all pixel work, so that the main thread, on
 * which every flow runs, stays free.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import '../inference/telemetry';
import { WorkerClient } from '../worker/client';
import type { Arguments, Result } from '../worker/protocol';
import { countFrames } from './shared-frames';
import type { Operations } from './operations';
import type { EngineOptions, ThreadOptions } from './protocol';

/** More threads than this gain nothing on networks as small as these. */
const MOST_THREADS = 4;

/** Loading and compiling networks on a slow machine takes the better part of it. */
export const DEFAULT_TIME_LIMIT_S = 120;

export class Engine {
  private readonly client: WorkerClient<Operations>;

  constructor({ provider, threads, manifest, timeLimit = DEFAULT_TIME_LIMIT_S }: EngineOptions) {
    const options: ThreadOptions = {
      provider,
      threads: threads > 0 ? threads : Math.min(MOST_THREADS, availableParallelism()),
      ...(manifest !== undefined && { manifest }),
    };
    const file = join(__dirname, 'worker');
    this.client = new WorkerClient({ title: 'engine', file, options, limitMs: timeLimit * 1000 });
  }

  /**
   * Runs an operation in the worker, after those that were asked for before.
   * @example
   * const engine = new Engine({ provider: 'auto', threads: 0 });
   * const frame = await engine.call('decode', await readFile('party.tif'), { source: 'party.tif' });
   * const jpeg = await engine.call('encode', frame, { format: 'jpeg', quality: 90 });
   * @throws what the operation throws; ArcFlowError ENGINE_CRASHED, ENGINE_TIMEOUT, ENGINE_CLOSED (see WorkerClient).
   */
  async call<N extends keyof Operations>(
    operation: N,
    ...args: Arguments<Operations, N>
  ): Promise<Result<Operations, N>> {
    const result = await this.client.call(operation, args);
    countFrames([result]);
    return result;
  }

  /** Refuses what waits, lets what runs finish, releases the networks and ends the worker. */
  close(): Promise<void> {
    return this.client.close();
  }
}
