/**
 * What was begun in this process and has not ended. By async_hooks, since process.getActiveResourcesInfo() leaves out
 * worker threads and every timer that was unref'd.
 */
import { createHook } from 'node:async_hooks';

/** Node.js's names for threads, processes, timers, sockets and pipes. */
const KINDS = new Set([
  'WORKER',
  'MESSAGEPORT',
  'PROCESSWRAP',
  'Timeout',
  'TCPWRAP',
  'TCPSERVERWRAP',
  'UDPWRAP',
  'PIPEWRAP',
  'FSEVENTWRAP',
]);

export class LiveResources {
  private readonly begun = new Map<number, string>();
  private readonly hook = createHook({
    init: (id, type) => {
      if (KINDS.has(type)) this.begun.set(id, `${type} ${new Error('begun').stack ?? ''}`);
    },
    destroy: (id) => void this.begun.delete(id),
  });

  /** Notes what begins from now on. */
  watch(): void {
    this.hook.enable();
  }

  stop(): void {
    this.hook.disable();
  }

  /** What is alive of what began since, each with where it began. */
  get alive(): string[] {
    return [...this.begun.values()];
  }
}
