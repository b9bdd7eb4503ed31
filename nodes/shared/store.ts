/** Finding the store configuration node that a node names. */
import type { Node, NodeAPI } from 'node-red';
import { ArcFlowError } from '../../lib/core/errors';
import { faultOf } from './node';
import type { Gallery } from '../../lib/gallery/gallery';
import type { Salvage } from '../../lib/gallery/salvage';

export interface StoreNode extends Node {
  /**
   * Opens the gallery when it is first asked for; all nodes of a store share it.
   * @throws ArcFlowError STORE_UNAVAILABLE
   */
  gallery(): Promise<Gallery>;
  /** What can be read of the gallery, which may be damaged. */
  salvage(): Promise<Salvage>;
}

/** @throws ArcFlowError INVALID_ARGUMENT when no store is chosen. */
export function storeOf(RED: NodeAPI, id: string): StoreNode {
  const node = RED.nodes.getNode(id) as StoreNode | null;
  if (!node || !('gallery' in node)) {
    const fault = faultOf(node);
    throw new ArcFlowError(
      'INVALID_ARGUMENT',
      fault
        ? `The ArcFlow gallery store that the node uses is misconfigured: ${fault.message}`
        : 'Expected an ArcFlow gallery store to be chosen in the node, but there is none or it is disabled',
      'no store',
    );
  }
  return node;
}
