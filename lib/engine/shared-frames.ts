/** Frames cross between threads as shared memory, which each thread has to count for its garbage collector. */
import { types } from 'node:util';
import { looksLikeFrame } from '../image/frame';
import { countSharedMemory } from '../image/shared-memory';
import { isRecord } from '../core/validate';

/** Counts the frames among the values of a message, and those that its results hold as `frame`. */
export function countFrames(values: readonly unknown[]): void {
  for (const value of values) {
    const frame = isRecord(value) && 'frame' in value ? value['frame'] : value;
    if (looksLikeFrame(frame) && types.isUint8Array(frame['data'])) countSharedMemory(frame['data']);
  }
}
