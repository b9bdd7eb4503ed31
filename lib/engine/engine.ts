/**
 * The engine: one worker thread that owns decoding, the networks and all pixel work, so that the main thread, on
 * which every flow runs, stays free.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { looksLikeFrame, toFrame, type Frame } from '../image/frame';
import '../inference/telemetry';
import { invalid } from '../validate';
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

/** An image on its way to the worker: a checked Frame, or encoded bytes or text that the worker decodes. */
export type ImageInput = Frame | Uint8Array | string;

/** @throws ArcFlowError INVALID_ARGUMENT when the value is no image at all. */
export function toImageInput(value: unknown, name: string): ImageInput {
  if (looksLikeFrame(value)) return toFrame(value, name);
  if (typeof value === 'string') return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (!(value instanceof Uint8Array))
    throw invalid('an image (Buffer, base64 string, data URL or Frame)', name, value);
  // A view of a larger buffer would take the whole buffer along to the worker.
  return value.byteLength === value.buffer.byteLength ? value : new Uint8Array(value);
}
