/** The worker thread's end of the engine: runs one operation after another. */
import { parentPort, workerData } from 'node:worker_threads';
import { ArcFlowError, isError, messageOf } from '../errors';
import { Operations } from './operations';
import { countFrames } from './shared-frames';
import type { EngineOptions, Failure, Request, Response } from './protocol';

const port = parentPort;
if (!port) throw new Error('The engine worker runs in a worker thread only');

const operations = new Operations(workerData as EngineOptions);

port.on('message', (request: Request) => {
  void answer(request).then((response) => port.postMessage(response));
});

async function answer({ id, operation, args }: Request): Promise<Response> {
  try {
    countFrames(args);
    const run: unknown = Reflect.get(operations, operation);
    if (typeof run !== 'function') throw new Error(`The engine has no operation ${operation}`);
    return { id, result: await Reflect.apply(run, operations, args) };
  } catch (error) {
    return { id, failure: toFailure(error) };
  }
}

function toFailure(error: unknown): Failure {
  if (error instanceof ArcFlowError)
    return { code: error.code, message: error.message, status: error.status };
  return {
    message: messageOf(error),
    ...(isError(error) && error.stack !== undefined && { stack: error.stack }),
  };
}
