/**
 * Finding the face events node that a node before it saves work with: it knows where faces are expected, and which of
 * them are known already.
 */
import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { ArcFlowError } from '../../lib/core/errors';
import type { FaceWatch } from '../../lib/tracking/face-watch';

export interface WatchNode extends Node {
  readonly watch: FaceWatch;
}

/**
 * The watch of the node with an id, for a message whose faces are to be matched; undefined where none is chosen, and
 * for a message that wants something else (such as to enrol a face), which needs the whole picture and every embedding.
 * @throws ArcFlowError INVALID_ARGUMENT when the node is not there, disabled or misconfigured.
 */
export function watchFor(RED: NodeAPI, id: string, { operation }: NodeMessage): FaceWatch | undefined {
  if (id === '' || (operation !== undefined && operation !== 'match')) return undefined;
  const node = RED.nodes.getNode(id) as Partial<WatchNode> | null;
  if (!node?.watch)
    throw new ArcFlowError(
      'INVALID_ARGUMENT',
      'Expected the face events node that saves work here to run, but it is not there, disabled or misconfigured',
      'no face events',
    );
  return node.watch;
}
