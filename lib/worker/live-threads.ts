/**
 * Threads that must not be stopped inside native code. When a process exits, Node.js stops its threads wherever they
 * are; ONNX Runtime's binding, and SQLite's, then abort the whole process. So the exit waits until each has come back.
 */
import type { Worker } from 'node:worker_threads';

/** How long an exit waits for all threads together. */
const EXIT_WAIT_MS = 5000;

/** What each thread has still to do, see ThreadData. */
const live = new Set<Int32Array>();

export function watchThread(worker: Worker, pending: Int32Array): void {
  if (live.size === 0) process.once('exit', awaitThreads);
  live.add(pending);
  worker.once('exit', () => {
    live.delete(pending);
    if (live.size === 0) process.removeListener('exit', awaitThreads);
  });
}

function awaitThreads(): void {
  const end = Date.now() + EXIT_WAIT_MS;
  const idle = [...live].every((pending) => becomesIdle(pending, end));
  // Joining a thread that hangs would hang the exit as well. By now every flow is stopped and every file written.
  if (!idle) process.kill(process.pid, 'SIGKILL');
}

function becomesIdle(pending: Int32Array, end: number): boolean {
  for (;;) {
    const count = Atomics.load(pending, 0);
    if (count <= 0) return true;
    const left = end - Date.now();
    if (left <= 0) return false;
    Atomics.wait(pending, 0, count, left);
  }
}
