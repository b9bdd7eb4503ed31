/**
 * Makes the garbage collector see shared memory. V8 counts no SharedArrayBuffer towards the memory that an isolate
 * holds (BackingStore::PerIsolateAccountingLength is 0 for them), so a stream of frames of six megabytes would pile
 * up to gigabytes before it thinks of collecting. Each piece is given a counterweight: ordinary memory of its size
 * that is counted, never touched (so the system never backs it with pages) and dies with it.
 */
import { types } from 'node:util';

const counterweights = new WeakMap<ArrayBufferLike, Buffer>();

/** Call once in each thread that holds the memory: where it is made, and where it arrives in a message. */
export function countSharedMemory(memory: Uint8Array): void {
  const { buffer } = memory;
  if (types.isSharedArrayBuffer(buffer) && !counterweights.has(buffer)) {
    counterweights.set(buffer, Buffer.allocUnsafeSlow(buffer.byteLength));
  }
}

/** Bytes of zeroed memory that every thread can read, counted in this one. */
export function allocateShared(bytes: number): Uint8Array {
  const memory = new Uint8Array(new SharedArrayBuffer(bytes));
  countSharedMemory(memory);
  return memory;
}
