/**
 * ONNX Runtime's CPU convolutions keep channels in blocks of 16 (AVX-512) or 8. A convolution whose channels do not fill
 * their blocks is padded inside, and the pooling after it leaves the blocked layout. Filling the blocks with channels
 * of zeros costs nothing and keeps the pooling in it.
 */
import { growVector, growWeights, onlyConsumer, rewriteNodes, weights } from './graph';
import type { Graph, Node } from './onnx';

const BLOCK = 16;

export function blockedChannels(channels: number): number {
  return Math.ceil(channels / BLOCK) * BLOCK;
}

/** A convolution, its PReLU, a max-pooling and the convolution after it, each read by the next one only. */
export interface PooledLayer {
  readonly before: Node;
  readonly prelu: Node;
  readonly pool: Node;
  readonly after: Node;
  readonly channels: number;
}

export function pooledLayers(graph: Graph): PooledLayer[] {
  return graph.nodes.flatMap((before) => {
    const prelu = before.op === 'Conv' ? onlyConsumer(graph, before.output) : undefined;
    const pool = prelu?.op === 'PRelu' ? onlyConsumer(graph, prelu.output) : undefined;
    const after = pool?.op === 'MaxPool' ? onlyConsumer(graph, pool.output) : undefined;
    if (prelu === undefined || pool === undefined || after?.op !== 'Conv') return [];
    const [channels = 0] = weights(graph.constants, before.inputs[1]).dims;
    return [{ before, prelu, pool, after, channels }];
  });
}

/** Fills the blocks of every convolution whose channels go through a PReLU and a pooling. */
export function fillBlocks(graph: Graph): Graph {
  const layers = pooledLayers(graph);
  return rewriteNodes(graph, (node, constants) => {
    const layer = layers.find(({ before }) => before === node);
    if (layer === undefined) return [node];
    const { before, prelu, after, channels } = layer;
    const filled = blockedChannels(channels);
    const [kernel = '', bias = ''] = before.inputs.slice(1);
    const [slope = '', next = ''] = [prelu.inputs[1], after.inputs[1]];
    const [, into = 0] = weights(constants, kernel).dims;
    const [out = 0] = weights(constants, next).dims;
    constants.set(kernel, growWeights(weights(constants, kernel), filled, into));
    constants.set(bias, growVector(weights(constants, bias), filled));
    constants.set(slope, growVector(weights(constants, slope), filled));
    constants.set(next, growWeights(weights(constants, next), out, filled));
    return [node];
  });
}
