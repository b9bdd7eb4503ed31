/** A headless Node-RED inside this process, with ArcFlow's nodes from dist/ and a user directory of its own. */
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import RED from 'node-red';
import { linkPackage } from '../shared/node-red';

export interface Delivery {
  readonly msg: Record<string, unknown>;
  readonly destination: { readonly id: string };
}

/** A node is done with a message. */
export interface Completion {
  readonly msg: Record<string, unknown>;
  readonly node: { readonly id: string };
  readonly error?: Error;
}

export interface RunningNodeRed {
  /** Address of the editor. */
  readonly address: string;
  /** Sends a message into a node of the flow. */
  receive(nodeId: string, message?: object): void;
  stop(): Promise<void>;
}

/** Where `http in` nodes of a flow answer; all else is the editor's. */
const NODE_ROOT = '/api';

interface Options {
  readonly userDir: string;
  readonly flow: readonly object[];
  /** 0 takes any free port. */
  readonly port: number;
  /** Told every message that is about to reach a node. */
  readonly onDelivery: (delivery: Delivery) => void;
  /** Told every message that a node is done with. */
  readonly onCompletion?: (completion: Completion) => void;
}

/** Starts Node-RED on loopback and resolves when the flow runs. */
export async function startNodeRed(options: Options): Promise<RunningNodeRed> {
  const { userDir, flow, port, onDelivery, onCompletion } = options;
  await linkPackage(userDir);
  await writeFile(join(userDir, 'flows.json'), JSON.stringify(flow));
  const server = createServer((request, response) => {
    const { url = '/' } = request;
    const isForNodes = url.startsWith(`${NODE_ROOT}/`);
    if (isForNodes) request.url = url.slice(NODE_ROOT.length);
    (isForNodes ? RED.httpNode : RED.httpAdmin)(request, response);
  });
  RED.init(server, {
    userDir,
    flowFile: 'flows.json',
    httpAdminRoot: '/',
    httpNodeRoot: NODE_ROOT,
    disableEditor: false,
    editorTheme: { tours: false, projects: { enabled: false } },
    telemetry: { enabled: false, updateNotification: false },
    logging: { console: { level: 'error', metrics: false, audit: false } },
  } as never);
  await listen(server, port);
  const started = flowsStarted();
  await RED.start();
  await started;
  const add = RED.hooks.add.bind(RED.hooks) as unknown as (
    name: string,
    handler: (event: Delivery & Completion) => void,
  ) => void;
  add('preDeliver.arcflow-demo', onDelivery);
  if (onCompletion) add('onComplete.arcflow-demo', onCompletion);
  // The types of node-red leave it out.
  const nodes = RED.nodes as unknown as { getNode(id: string): { receive(message: object): void } | null };
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    receive: (id, message = {}) => nodes.getNode(id)?.receive(message),
    async stop() {
      RED.hooks.remove('*.arcflow-demo');
      await RED.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Node-RED waits for ever for a node type that it does not find. */
function flowsStarted(): Promise<void> {
  return new Promise((resolve, reject) => {
    RED.events.once('flows:started', () => resolve());
    RED.events.on('runtime-event', ({ payload }: { payload?: { error?: string; text?: string } }) => {
      if (payload?.error !== undefined) reject(new Error(`Node-RED cannot start the flow: ${payload.error}`));
    });
  });
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}

/** Whether nothing listens on a port of loopback. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await listen(server, port);
  } catch {
    return false;
  }
  await new Promise((resolve) => server.close(resolve));
  return true;
}
