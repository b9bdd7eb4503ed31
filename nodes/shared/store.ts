/** Finding the store configuration node that a node names. */
import type { Node, NodeAPI } from 'node-red';
import { ArcFlowError } from '../../lib/errors';
import { faultOf } from './node';
import type { Gallery } from '../../lib/gallery/gallery';

export interface StoreNode extends Node {
  /** Opens the gallery when it is first asked for; all nodes of a store share it. */
  gallery(): Promise<Gallery>;
}

/** @throws ArcFlowError INVALID_ARGUMENT when no store is chosen, or STORE_UNAVAILABLE when it cannot be opened. */
export async function galleryOf(RED: NodeAPI, id: string): Promise<Gallery> {
  const node = RED.nodes.getNode(id) as (Node & Partial<StoreNode>) | null;
  if (!node?.gallery) {
    const fault = faultOf(node);
    throw new ArcFlowError(
      'INVALID_ARGUMENT',
      fault
        ? `The ArcFlow gallery store that the node uses is misconfigured: ${fault.message}`
        : 'Expected an ArcFlow gallery store to be chosen in the node, but there is none or it is disabled',
      'no store',
    );
  }
  return node.gallery();
}
