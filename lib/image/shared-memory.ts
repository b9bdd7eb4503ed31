/**
 * Makes the garbage collector see shared memory, which V8 does not count: a stream of frames would pile up to gigabytes
 * before it collects. Each piece is given a counterweight: ordinary memory of its size that is counted, never touched
 * (so the system never backs it with pages) and dies with it.
 */
import { ArcFlowError } from '../core/errors';
import { reclaimSoon } from './reclaim';
import { types } from 'node:util';

const counterweights = new WeakMap<ArrayBufferLike, Buffer>();

/** Call once in each thread that holds the memory: where it is made, and where it arrives in a message. */
export function countSharedMemory(memory: Uint8Array): void {
  const { buffer } = memory;
  if (types.isSharedArrayBuffer(buffer) && !counterweights.has(buffer)) {
    counterweights.set(buffer, Buffer.allocUnsafeSlow(buffer.byteLength));
    reclaimSoon(buffer.byteLength);
  }
}

/**
 * Bytes of zeroed memory that every thread can read, counted in this one.
 * @throws ArcFlowError IMAGE_TOO_LARGE when the system does not give that much.
 */
export function allocateShared(bytes: number): Uint8Array {
  try {
    const memory = new Uint8Array(new SharedArrayBuffer(bytes));
    countSharedMemory(memory);
    return memory;
  } catch (error) {
    throw outOfMemory(bytes, error);
  }
}

/** The error for pixels that do not fit into the machine's memory, or the 4 GB that WebAssembly has. */
export function outOfMemory(bytes: number, cause: unknown): ArcFlowError {
  return new ArcFlowError(
    'IMAGE_TOO_LARGE',
    `The image needs ${Math.ceil(bytes / 1e6)} MB of memory, more than can be had`,
    'out of memory',
    { cause },
  );
}
