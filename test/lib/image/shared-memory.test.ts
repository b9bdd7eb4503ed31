import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { allocateShared, countSharedMemory } from '../../../lib/image/shared-memory';

const MEGABYTE = 1e6;
const PIECE = 16 * MEGABYTE;
const PIECES = 50;

describe('allocateShared', () => {
  it('gives zeroed memory that threads can share', () => {
    const memory = allocateShared(100);
    assert.ok(memory.buffer instanceof SharedArrayBuffer);
    assert.equal(memory.length, 100);
    assert.ok(memory.every((value) => value === 0));
  });

  it('is collected as ordinary memory is when nobody holds it any more', async () => {
    const before = process.memoryUsage.rss();
    let peak = 0;
    for (let n = 0; n < PIECES; n++) {
      allocateShared(PIECE).fill(n);
      await nextTurn();
      peak = Math.max(peak, process.memoryUsage.rss() - before);
    }
    assert.ok(
      peak < (PIECES * PIECE) / 2,
      `${peak / MEGABYTE} MB of ${(PIECES * PIECE) / MEGABYTE} MB were held`,
    );
  });
});

describe('countSharedMemory', () => {
  it('counts memory once, however many views of it arrive, and ordinary memory not at all', () => {
    const counted = (): number => process.memoryUsage().arrayBuffers;
    const memory = new Uint8Array(new SharedArrayBuffer(PIECE));
    const before = counted();
    countSharedMemory(memory);
    countSharedMemory(memory.subarray(10));
    assert.equal(counted() - before, PIECE);
    const ordinary = new Uint8Array(PIECE);
    const withOrdinary = counted();
    countSharedMemory(ordinary);
    assert.equal(counted(), withOrdinary);
  });
});
