/**
 * The engine: one worker thread that owns decoding, the networks and all pixel work, so that the main thread, on
 * which every flow runs, stays free. Requests run one at a time in the order in which they came; a worker that
 * dies fails the request it was on and is replaced for the next one.
 */
import { availableParallelism } from 'node:os';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ArcFlowError, messageOf } from '../errors';
import { countFrames } from './shared-frames';
import type { Arguments, EngineOptions, Failure, OperationName, Request, Response, Result } from './protocol';

/** More threads than this gain nothing on networks as small as these. */
const MOST_THREADS = 4;

/** .js once built; .ts when the project runs from its sources. */
const EXTENSION = extname(__filename);

interface Job {
  readonly request: Request;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class Engine {
  private readonly options: EngineOptions;
  private worker: Worker | undefined;
  private readonly queue: Job[] = [];
  private running: Job | undefined;
  private nextId = 0;
  private closed = false;

  constructor(options: EngineOptions) {
    const threads = options.threads > 0 ? options.threads : Math.min(MOST_THREADS, availableParallelism());
    this.options = { ...options, threads };
  }

  /** Requests that wait or run. */
  get load(): number {
    return this.queue.length + (this.running ? 1 : 0);
  }

  /**
   * Runs an operation in the worker.
   * @throws what the operation throws; ArcFlowError ENGINE_CRASHED when the worker died on it, ENGINE_CLOSED after close.
   */
  call<N extends OperationName>(operation: N, ...args: Arguments<N>): Promise<Result<N>> {
    if (this.closed) return Promise.reject(closedError());
    return new Promise<Result<N>>((resolve, reject) => {
      const request = { id: this.nextId++, operation, args };
      this.queue.push({ request, resolve: resolve as (result: unknown) => void, reject });
      this.next();
    });
  }

  /** Ends the worker; what still waits is refused. */
  async close(): Promise<void> {
    this.closed = true;
    const worker = this.worker;
    this.worker = undefined;
    for (const job of this.takeAll()) job.reject(closedError());
    await worker?.terminate();
  }

  private next(): void {
    if (this.running || this.queue.length === 0) return;
    const job = this.queue.shift()!;
    this.running = job;
    try {
      this.worker ??= this.start();
      this.worker.postMessage(job.request);
    } catch (error) {
      // A value that cannot be cloned: the request's own fault.
      this.settle(() =>
        job.reject(
          new ArcFlowError(
            'INVALID_ARGUMENT',
            `The message cannot reach the engine: ${messageOf(error)}`,
            'bad message',
            { cause: error },
          ),
        ),
      );
    }
  }

  private start(): Worker {
    const worker = new Worker(join(__dirname, `worker${EXTENSION}`), {
      workerData: this.options,
      name: 'arcflow-engine',
      // ts-node started from the command line does not reach into workers by itself.
      ...(EXTENSION === '.ts' && { execArgv: ['--require', require.resolve('ts-node/register')] }),
    });
    let reason = '';
    worker.on('message', (response: Response) => this.receive(response));
    worker.on('error', (error) => (reason = messageOf(error)));
    worker.on('exit', (code) => this.lost(worker, reason || `exit code ${code}`));
    return worker;
  }

  private receive(response: Response): void {
    const job = this.running;
    if (job?.request.id !== response.id) return;
    if ('result' in response) countFrames([response.result]);
    this.settle(() =>
      'failure' in response ? job.reject(toError(response.failure)) : job.resolve(response.result),
    );
  }

  private lost(worker: Worker, reason: string): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    const job = this.running;
    this.settle(() =>
      job?.reject(
        new ArcFlowError(
          'ENGINE_CRASHED',
          `The engine's worker died on this message (${reason}); it is replaced`,
          'engine crashed',
        ),
      ),
    );
  }

  private settle(finish: () => void): void {
    this.running = undefined;
    finish();
    this.next();
  }

  private takeAll(): Job[] {
    const jobs = this.running ? [this.running, ...this.queue] : [...this.queue];
    this.running = undefined;
    this.queue.length = 0;
    return jobs;
  }
}

function toError({ code, message, status, stack }: Failure): Error {
  if (code) return new ArcFlowError(code, message, status);
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}

function closedError(): ArcFlowError {
  return new ArcFlowError(
    'ENGINE_CLOSED',
    'The engine was closed while this message waited',
    'engine closed',
  );
}
