/** Ends the process while a thread blocks that comes back half a second later; prints whether that was waited for. */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { WorkerClient } from '../../../lib/worker/client';
import type { Tricks } from './thread';

const gate = new Int32Array(new SharedArrayBuffer(4));
const client = new WorkerClient<Tricks>({
  title: 'engine',
  file: join(__dirname, 'thread'),
  options: {},
  limitMs: 30_000,
});
const opener = `
  const { workerData } = require('node:worker_threads');
  Atomics.wait(workerData, 0, 0, 500);
  Atomics.store(workerData, 0, 1);
  Atomics.notify(workerData, 0);
`;

async function main(): Promise<void> {
  await client.call('echo', [0]);
  void client.call('block', [gate]);
  const worker = new Worker(opener, { eval: true, workerData: gate });
  await new Promise((resolve) => worker.once('online', resolve));
  process.on('exit', () =>
    writeSync(1, Atomics.load(gate, 0) === 1 ? 'finished\n' : 'stopped in the middle\n'),
  );
  process.exit(0);
}

void main();
