/**
 * Gives the memory of something huge back. What is dropped is free only once the garbage collector has run, and a
 * thread that gets small pictures after a huge one allocates so little that it would not run for hours.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

/** Bytes from which on a piece of memory is worth a collection, which takes some milliseconds. */
export const HUGE_BYTES = 128 * 1024 * 1024;

/**
 * Time for the holder to let go of it, and for more of the kind to come: a series is collected once. In the main thread
 * a message holds it until its flow has ended.
 */
const DELAY_MS = isMainThread ? 2000 : 250;

let timer: NodeJS.Timeout | undefined;
let collect: (() => void) | undefined;

/** Call where something of so many bytes is dropped, or arrives and will be dropped before long. */
export function reclaimSoon(bytes: number): void {
  if (bytes < HUGE_BYTES) return;
  timer?.refresh();
  timer ??= setTimeout(() => {
    timer = undefined;
    collect ??= collector();
    collect();
  }, DELAY_MS).unref();
}

/** V8's own collection, which scripts see only where a flag asks for it. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
