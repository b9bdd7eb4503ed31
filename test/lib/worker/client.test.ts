import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { WorkerClient } from '../../../lib/worker/client';
import type { Tricks } from './thread';

const FILE = join(__dirname, 'thread');
const gateOf = (): Int32Array => new Int32Array(new SharedArrayBuffer(4));
const open = (gate: Int32Array): void => {
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
};

describe('worker client', () => {
  let client: WorkerClient<Tricks>;
  let lost: number;
  beforeEach(() => {
    lost = 0;
    client = new WorkerClient({
      title: 'engine',
      file: FILE,
      options: {},
      limitMs: 30_000,
      onLost: () => lost++,
    });
  });
  afterEach(() => client.close());

  it('runs requests one at a time, in their order', async () => {
    const order: number[] = [];
    await Promise.all([30, 1].map(async (ms) => order.push(await client.call('later', [ms]))));
    assert.deepEqual(order, [30, 1]);
  });

  it('hands buffers over', async () => {
    const bytes = new Uint8Array([1, 2]);
    assert.deepEqual(
      await client.call('echo', [bytes], { transfer: [bytes.buffer] }),
      new Uint8Array([1, 2]),
    );
    assert.equal(bytes.length, 0);
  });

  it('fails the request that a thread died on, and only that one', async () => {
    const died = assert.rejects(client.call('die', []), {
      code: 'ENGINE_CRASHED',
      message: "The engine's thread died on this message (exit code 3); it is replaced",
    });
    assert.equal(await client.call('echo', ['next']), 'next');
    await died;
    assert.equal(lost, 1);
  });

  it('passes on what an operation throws, and a result that cannot be sent as an error', async () => {
    await assert.rejects(client.call('throws', []), { message: 'of its own' });
    await assert.rejects(client.call('notCloneable', []), { message: /could not be cloned/ });
    await assert.rejects(client.call('echo', [() => 1]), { code: 'INVALID_ARGUMENT' });
    assert.equal(await client.call('echo', [2]), 2);
    assert.equal(lost, 0);
  });

  it('gives up a request that does not come back in time, and goes on with another thread', async () => {
    const gate = gateOf();
    await assert.rejects(client.call('block', [gate], { limitMs: 50 }), {
      code: 'ENGINE_TIMEOUT',
      message: 'The engine did not finish block within 0.05 s, its time limit; its thread is replaced',
      status: 'engine timeout',
    });
    assert.equal(lost, 1);
    assert.equal(await client.call('echo', ['on']), 'on');
    open(gate);
  });

  it('does not collect hanging threads, and takes messages again when one has come back', async () => {
    const gates = [gateOf(), gateOf()];
    for (const gate of gates) await assert.rejects(client.call('block', [gate], { limitMs: 50 }));
    await assert.rejects(client.call('echo', [1]), { code: 'ENGINE_TIMEOUT', status: 'engine hangs' });
    open(gates[0]!);
    for (;;) {
      const answer = await client.call('echo', [1]).catch(() => undefined);
      if (answer === 1) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    open(gates[1]!);
  });

  it('lets what runs finish at close and refuses the rest', async () => {
    const running = client.call('later', [100]);
    const waiting = assert.rejects(client.call('echo', [1]), {
      code: 'ENGINE_CLOSED',
      status: 'engine closed',
    });
    await client.close();
    assert.equal(await running, 100);
    await waiting;
    await assert.rejects(client.call('echo', [1]), { code: 'ENGINE_CLOSED' });
    assert.equal(lost, 0);
  });

  it('closes before it has begun', async () => {
    await client.close();
  });

  it('makes an exit of the process wait for a thread that is in the middle of something', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--require',
      'ts-node/register',
      join(__dirname, 'exit-while-busy.ts'),
    ]);
    assert.equal(stdout, 'finished\n');
  });
});
