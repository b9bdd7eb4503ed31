/** What the tests use of node-red-node-test-helper, which ships no types. */
declare module 'node-red-node-test-helper' {
  import type { EventEmitter } from 'node:events';

  interface HelperNode extends EventEmitter {
    readonly id: string;
    receive(message: object): void;
  }

  interface Helper {
    init(nodeRed: string): void;
    load(modules: readonly unknown[], flow: readonly object[], credentials?: object): Promise<void>;
    unload(): Promise<void>;
    getNode(id: string): HelperNode;
    startServer(done: () => void): void;
    stopServer(done: () => void): void;
  }

  const helper: Helper;
  export default helper;
}
