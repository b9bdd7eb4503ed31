/**
 * The host adapter that every ArcFlow node is built on: configuration is read once, each message is handled in one
 * async function, whatever it throws reaches the Catch node once, and closing frees what the node holds.
 */
import type { Node, NodeAPI, NodeConstructor, NodeDef, NodeMessage, NodeMessageInFlow } from 'node-red';
import { ArcFlowError, isError, messageOf } from '../../lib/core/errors';
import { cloneablePart } from './cloneable';
import { migrate } from './migrate';
import { sharePixels } from './pixels';
import { showError } from './status';

export type Send = (message: NodeMessage | (NodeMessage | NodeMessage[] | null)[]) => void;

export interface NodeParts {
  /** Handles one message; what it throws goes to the Catch node. Sends on the received object. */
  input?(message: NodeMessageInFlow, send: Send): Promise<void>;
  /** Frees timers, processes, workers. */
  close?(removed: boolean): Promise<void>;
}

/** Reads the configuration and returns the node's parts; throws for a field that is out of range. */
type Build = (node: Node) => NodeParts;

/**
 * Registers a node type. What `build` throws becomes a red status and is reported for every message until the
 * configuration is mended.
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- each node names its own fields
export function registerNode<D extends NodeDef>(
  RED: NodeAPI,
  type: string,
  build: (node: Node, def: D) => NodeParts,
  credentials?: Record<string, { type: 'text' | 'password' }>,
): void {
  const construct: NodeConstructor<Node, D, object> = function (def) {
    RED.nodes.createNode(this, def);
    wire(RED, this, (node) => build(node, migrate(type, def)));
  };
  RED.nodes.registerType(type, construct, credentials && { credentials });
}

function wire(RED: NodeAPI, node: Node, build: Build): void {
  const parts = tryBuild(node, build);
  if (parts.input) {
    node.on('input', (message, send, done) => {
      void handle(node, parts, message, send).then((error) => finish(RED, node, message, done, error));
    });
  }
  node.on('close', (removed: boolean, done: () => void) => void shut(node, parts, removed).then(done));
}

const faults = new WeakMap<Node, Error>();

/** What is wrong with the configuration of a node of ours, for those that need it. */
export function faultOf(node: Node | null): Error | undefined {
  return node ? faults.get(node) : undefined;
}

function tryBuild(node: Node, build: Build): NodeParts {
  try {
    return build(node);
  } catch (error) {
    faults.set(node, toError(error));
    showError(node, error);
    node.error(messageOf(error));
    return { input: () => Promise.reject(toError(error)) };
  }
}

/** Resolves to the error for the Catch node, or to nothing. */
async function handle(
  node: Node,
  parts: NodeParts,
  received: NodeMessageInFlow,
  send: Send,
): Promise<Error | undefined> {
  try {
    const message = writable(received);
    sharePixels(message);
    await parts.input?.(message, (sent) => {
      [sent].flat(2).forEach((each) => each && sharePixels(each));
      send(sent);
    });
    return undefined;
  } catch (error) {
    showError(node, error);
    return toError(error);
  }
}

/** The message itself, which nodes write their results to; a copy of one that a function node has frozen. */
function writable(message: NodeMessageInFlow): NodeMessageInFlow {
  return Object.isExtensible(message) ? message : { ...message };
}

/** Tells Node-RED, which copies the message for the Catch and Complete nodes. */
function finish(
  RED: NodeAPI,
  node: Node,
  message: NodeMessageInFlow,
  done: (error?: Error) => void,
  error: Error | undefined,
): void {
  try {
    done(error);
  } catch (uncopied) {
    report(RED, node, error ?? toError(uncopied), message);
  }
}

/** Brings an error to the Catch node with a message; one that Node-RED cannot copy goes without what holds it up. */
export function report(RED: NodeAPI, node: Node, error: Error, message: NodeMessage): void {
  // The error itself, not its text: Node-RED takes msg.error.code from it.
  node.error(error, cloneablePart(RED, message));
}

async function shut(node: Node, parts: NodeParts, removed: boolean): Promise<void> {
  try {
    await parts.close?.(removed);
  } catch (error) {
    node.warn(messageOf(error));
  }
}

function toError(error: unknown): Error {
  return isError(error) ? error : new ArcFlowError('INVALID_ARGUMENT', messageOf(error));
}
