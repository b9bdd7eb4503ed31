/** Runs ArcFlow's nodes in Node-RED's own test harness, with a real Catch node. */
import type { NodeMessage } from 'node-red';
import { createRequire } from 'node:module';
import helper from 'node-red-node-test-helper';

type Message = NodeMessage & Record<string, unknown>;

const resolve = createRequire(__filename);
helper.init(resolve.resolve('node-red'));

/** The core nodes that the tests wire: a real Catch node. */
const catchNode = resolve('@node-red/nodes/core/common/25-catch.js') as NodeInitialiser;
type NodeInitialiser = (RED: object) => void;

/** The harness leaves Node-RED's messaging hooks out of what it gives to nodes. */
const { hooks } = resolve('@node-red/util') as { hooks: object };
const giveHooks: NodeInitialiser = (RED) => void Object.assign(RED, { hooks });

export const RUNTIME = { id: 'runtime', type: 'arcflow-runtime', provider: 'cpu', threads: '2' };

/** Node-RED takes a node without a place on a tab for a configuration node. */
const PLACE = { x: 1, y: 1 };

interface Flow {
  /** Sends to the node `first` and resolves with what reaches `out`, or rejects with what reaches the Catch node. */
  send(message: Record<string, unknown>, id?: string): Promise<Message>;
  node(id: string): ReturnType<typeof helper.getNode>;
}

/**
 * Loads nodes (all on one tab) whose last one is wired to `out`; `catch` and `out` are added.
 * @param modules the nodes' own modules
 */
export async function startFlow(
  modules: readonly unknown[],
  nodes: readonly Record<string, unknown>[],
  credentials = {},
): Promise<Flow> {
  const tab = { id: 'tab', type: 'tab' };
  const onTab = nodes.map((node) =>
    String(node['type']).startsWith('arcflow-') ? node : { z: 'tab', ...PLACE, wires: [['out']], ...node },
  );
  const flow = [
    tab,
    ...onTab,
    { id: 'catcher', type: 'catch', z: 'tab', ...PLACE, wires: [['caught']] },
    { id: 'out', type: 'helper', z: 'tab', ...PLACE },
    { id: 'caught', type: 'helper', z: 'tab', ...PLACE },
  ];
  await helper.load([giveHooks, catchNode, ...modules] as never, flow, credentials);
  return {
    node: (id) => helper.getNode(id),
    send: (message, id = 'first') =>
      new Promise<Message>((resolveSent, reject) => {
        const out = helper.getNode('out');
        const caught = helper.getNode('caught');
        const finish = (): void => {
          out.removeAllListeners('input');
          caught.removeAllListeners('input');
        };
        out.on('input', (received: Message) => {
          finish();
          resolveSent(received);
        });
        caught.on('input', (received: Message) => {
          finish();
          const error = received['error'] as { message: string };
          reject(Object.assign(new Error(error.message), { received }));
        });
        helper.getNode(id).receive(message);
      }),
  };
}

export async function startServer(): Promise<void> {
  await new Promise<void>((resolveStarted) => helper.startServer(resolveStarted));
}

export async function stopFlow(): Promise<void> {
  await helper.unload();
}

export async function stopServer(): Promise<void> {
  await new Promise<void>((resolveStopped) => helper.stopServer(resolveStopped));
}
