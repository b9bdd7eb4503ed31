/**
 * A thread as the main thread sees it: requests run one at a time in the order in which they came. A thread that dies
 * fails the request it was on, one that exceeds the time limit is left to itself; both are replaced for the next one.
 *
 * A thread is never terminated: in the middle of native code that aborts the whole process. It is asked to end, and
 * ends when what it does comes back.
 */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ArcFlowError, messageOf } from '../core/errors';
import { watchThread } from './live-threads';
import {
  CLOSE,
  type Arguments,
  type Failure,
  type Reply,
  type Request,
  type Result,
  type ThreadData,
} from './protocol';

/** .js once built; .ts when the project runs from its sources. */
const EXTENSION = extname(__filename);

/** A close waits this long for the thread's end; Node-RED gives a node 15 seconds to close. */
const CLOSE_LIMIT_MS = 10_000;

/** So many threads may be out over the time limit at once: each holds a processor and what it has loaded. */
const MOST_OVERDUE = 2;

export interface ThreadSpec {
  /** What messages call it: engine, gallery. */
  readonly title: string;
  /** The module that the thread runs, an absolute path without extension. */
  readonly file: string;
  /** Handed to the thread when it starts. */
  readonly options: unknown;
  /** A request that has not come back after so many milliseconds fails. */
  readonly limitMs: number;
  /** Called when a thread is gone, with everything that it held. */
  readonly onLost?: () => void;
}

interface Job {
  readonly request: Request;
  readonly transfer: readonly ArrayBuffer[];
  readonly limitMs: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly pending: Int32Array;
  readonly ended: Promise<void>;
}

interface Running extends Job {
  readonly timer: NodeJS.Timeout;
}

/**
 * @typeParam O the class whose methods the thread carries out
 * @example
 * // sum.ts: class Sum { add(a: number, b: number) { return a + b; } } serve(new Sum());
 * const client = new WorkerClient<Sum>({ title: 'sum', file: join(__dirname, 'sum'), options: {}, limitMs: 1000 });
 * const three = await client.call('add', [1, 2]);
 */
export class WorkerClient<O> {
  private thread: Thread | undefined;
  private readonly overdue = new Set<Thread>();
  private readonly queue: Job[] = [];
  private running: Running | undefined;
  private nextId = 0;
  private closing: Promise<void> | undefined;

  constructor(private readonly spec: ThreadSpec) {}

  /**
   * Runs an operation in the thread, which starts with the first one.
   * @param transfer buffers among the arguments that are handed over instead of copied
   * @throws what the operation throws; ArcFlowError ENGINE_CRASHED when the thread died on it, ENGINE_TIMEOUT when it
   *   did not come back in time, ENGINE_CLOSED after close, INVALID_ARGUMENT when an argument cannot be sent.
   */
  call<N extends keyof O & string>(
    operation: N,
    args: Arguments<O, N>,
    {
      transfer = [],
      limitMs = this.spec.limitMs,
    }: { transfer?: readonly ArrayBuffer[]; limitMs?: number } = {},
  ): Promise<Result<O, N>> {
    if (this.closing) return Promise.reject(this.closed());
    return new Promise<Result<O, N>>((resolve, reject) => {
      const request = { id: this.nextId++, operation, args };
      this.queue.push({ request, transfer, limitMs, resolve: resolve as (result: unknown) => void, reject });
      this.next();
    });
  }

  /** Refuses what waits, lets what runs finish, and ends the thread. Resolves when it has ended, or after ten seconds. */
  close(): Promise<void> {
    return (this.closing ??= this.end());
  }

  private async end(): Promise<void> {
    for (const job of this.queue.splice(0)) job.reject(this.closed());
    const { thread } = this;
    if (!thread) return;
    post(thread, CLOSE);
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, CLOSE_LIMIT_MS)));
    await Promise.race([thread.ended, limit]);
    clearTimeout(timer);
    thread.worker.unref();
    this.settle((job) => job.reject(this.closed()));
  }

  private next(): void {
    if (this.running || this.queue.length === 0) return;
    const job = this.queue.shift()!;
    if (this.overdue.size >= MOST_OVERDUE) {
      job.reject(this.busyBeyondLimit());
      this.next();
      return;
    }
    const timer = setTimeout(() => this.giveUp(), job.limitMs);
    this.running = { ...job, timer };
    try {
      this.thread ??= this.start();
      post(this.thread, job.request, job.transfer);
    } catch (error) {
      // A value that cannot be cloned: the request's own fault.
      this.settle(({ reject }) => reject(this.unsendable(error)));
    }
  }

  private start(): Thread {
    const pending = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    pending[0] = 1; // the start itself
    const { file, title, options } = this.spec;
    const data: ThreadData = { pending, options };
    const worker = new Worker(file + EXTENSION, {
      workerData: data,
      name: `arcflow-${title}`,
      // ts-node started from the command line does not reach into workers by itself.
      ...(EXTENSION === '.ts' && { execArgv: ['--require', require.resolve('ts-node/register')] }),
    });
    watchThread(worker, pending);
    let reason = '';
    const ended = new Promise<void>((resolve) => {
      worker.once('exit', (code) => {
        this.lost(thread, reason || `exit code ${code}`);
        resolve();
      });
    });
    const thread: Thread = { worker, pending, ended };
    worker.on('message', (reply: Reply) => this.receive(thread, reply));
    worker.on('messageerror', (error) => this.receive(thread, { failure: { message: messageOf(error) } }));
    worker.on('error', (error) => (reason = messageOf(error)));
    return thread;
  }

  private receive(thread: Thread, reply: Reply): void {
    // An answer after its time: nobody waits for it any more.
    if (thread !== this.thread || (reply.id !== undefined && reply.id !== this.running?.request.id)) return;
    this.settle((job) =>
      'failure' in reply ? job.reject(toError(reply.failure)) : job.resolve(reply.result),
    );
  }

  private lost(thread: Thread, reason: string): void {
    if (this.overdue.delete(thread) || thread !== this.thread) return;
    this.thread = undefined;
    if (!this.closing) this.spec.onLost?.();
    this.settle((job) => job.reject(this.closing ? this.closed() : this.crashed(reason)));
  }

  private giveUp(): void {
    const thread = this.thread!;
    this.thread = undefined;
    this.overdue.add(thread);
    thread.worker.unref();
    post(thread, CLOSE);
    this.spec.onLost?.();
    this.settle((job) => job.reject(this.timedOut(job)));
  }

  private settle(finish: (job: Job) => void): void {
    const job = this.running;
    this.running = undefined;
    if (job) {
      clearTimeout(job.timer);
      finish(job);
    }
    this.next();
  }

  private closed(): ArcFlowError {
    return new ArcFlowError(
      'ENGINE_CLOSED',
      `The ${this.spec.title} was closed while this message waited`,
      `${this.spec.title} closed`,
    );
  }

  private crashed(reason: string): ArcFlowError {
    return new ArcFlowError(
      'ENGINE_CRASHED',
      `The ${this.spec.title}'s thread died on this message (${reason}); it is replaced`,
      `${this.spec.title} crashed`,
    );
  }

  private timedOut({ request, limitMs }: Job): ArcFlowError {
    return new ArcFlowError(
      'ENGINE_TIMEOUT',
      `The ${this.spec.title} did not finish ${request.operation} within ${limitMs / 1000} s, its time limit; its thread is replaced`,
      `${this.spec.title} timeout`,
    );
  }

  private busyBeyondLimit(): ArcFlowError {
    return new ArcFlowError(
      'ENGINE_TIMEOUT',
      `The ${this.spec.title} takes no message while ${this.overdue.size} that exceeded the time limit still run`,
      `${this.spec.title} hangs`,
    );
  }

  private unsendable(error: unknown): ArcFlowError {
    return new ArcFlowError(
      'INVALID_ARGUMENT',
      `The message cannot reach the ${this.spec.title}: ${messageOf(error)}`,
      'bad message',
      { cause: error },
    );
  }
}

/** Counted before it is sent: the thread counts it off when it is done. */
function post(
  { worker, pending }: Thread,
  message: Request | typeof CLOSE,
  transfer: readonly ArrayBuffer[] = [],
): void {
  Atomics.add(pending, 0, 1);
  try {
    worker.postMessage(message, transfer);
  } catch (error) {
    Atomics.sub(pending, 0, 1);
    throw error;
  }
}

function toError({ code, message, status, stack }: Failure): Error {
  if (code) return new ArcFlowError(code, message, status);
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
