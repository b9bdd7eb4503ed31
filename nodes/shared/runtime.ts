/** Finding the runtime configuration node that a node names. */
import type { Node, NodeAPI } from 'node-red';
import type { Engine } from '../../lib/engine/engine';
import { ArcFlowError } from '../../lib/core/errors';
import { faultOf } from './node';
import type { DescribedDetector } from '../../lib/detect/open';
import type { EmbedModel } from '../../lib/models/manifest';

export interface RuntimeNode extends Node {
  readonly engine: Engine;
  /** The shipped embedding models and those of the user's manifest. */
  readonly embedModels: readonly EmbedModel[];
  /** The shipped detectors and those of the user's manifest. */
  readonly detectors: readonly DescribedDetector[];
}

/** @throws ArcFlowError INVALID_ARGUMENT when no runtime is chosen, or it is disabled or misconfigured. */
export function runtimeOf(RED: NodeAPI, id: string): RuntimeNode {
  const node = RED.nodes.getNode(id) as RuntimeNode | null;
  if (!node?.engine) {
    const fault = faultOf(node);
    throw new ArcFlowError(
      'INVALID_ARGUMENT',
      fault
        ? `The ArcFlow runtime that the node uses is misconfigured: ${fault.message}`
        : 'Expected an ArcFlow runtime to be chosen in the node, but there is none or it is disabled',
      'no runtime',
    );
  }
  return node;
}
