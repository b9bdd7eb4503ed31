/** The thread's side: answers requests one after the other, and ends by itself when it is asked to. */
import { parentPort, workerData } from 'node:worker_threads';
import { ArcFlowError, isError, messageOf } from '../core/errors';
import { CLOSE, type Failure, type Reply, type Request, type ThreadData } from './protocol';

export interface Service {
  /** Sees the arguments of each request before it runs. */
  readonly received?: (args: readonly unknown[]) => void;
  /** Frees what the operations hold, once nothing runs any more. */
  readonly close?: () => Promise<void> | void;
}

/** The options that the client gave the thread. */
export function threadOptions(): unknown {
  return (workerData as ThreadData).options;
}

/**
 * Carries out requests by calling the method of that name.
 * @param service whose methods; or what gives it, called with the first request, and again with the next where it throws
 */
export function serve(service: object | (() => object), { received, close }: Service = {}): void {
  const port = parentPort;
  if (!port) throw new Error('This module runs in a worker thread only');
  const { pending } = workerData as ThreadData;
  let turn: Promise<void> = Promise.resolve();
  let operations: object | undefined = typeof service === 'function' ? undefined : service;

  const done = () => {
    Atomics.sub(pending, 0, 1);
    Atomics.notify(pending, 0);
  };
  const reply = (answer: Reply) => {
    try {
      port.postMessage(answer);
    } catch (error) {
      // A result that cannot be cloned.
      port.postMessage({ id: answer.id, failure: toFailure(error) } satisfies Reply);
    }
  };
  const answer = async ({ id, operation, args }: Request): Promise<void> => {
    try {
      received?.(args);
      operations ??= (service as () => object)();
      const run: unknown = Reflect.get(operations, operation);
      if (typeof run !== 'function') throw new Error(`There is no operation ${operation}`);
      reply({ id, result: await Reflect.apply(run, operations, args) });
    } catch (error) {
      reply({ id, failure: toFailure(error) });
    } finally {
      done();
    }
  };
  const end = async (): Promise<void> => {
    try {
      await close?.();
    } finally {
      port.close();
      done();
    }
  };

  port.on('message', (message: Request | typeof CLOSE) => {
    turn = turn.then(() => (message === CLOSE ? end() : answer(message)));
  });
  port.on('messageerror', (error) => {
    reply({ failure: toFailure(error) });
    done();
  });
  done();
}

function toFailure(error: unknown): Failure {
  if (error instanceof ArcFlowError)
    return { code: error.code, message: error.message, status: error.status };
  return {
    message: messageOf(error),
    ...(isError(error) && error.stack !== undefined && { stack: error.stack }),
  };
}
