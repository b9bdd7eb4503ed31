/**
 * Moves a PReLU behind the max-pooling that follows it, where there are a quarter as many pixels. Slopes may be
 * negative, so the two do not simply swap. With P for the pooling, channel by channel:
 *
 *     slope ≥ 0   prelu never falls       P(prelu(x)) = prelu(P(x))
 *     slope < 0   prelu(x) = max(x, slope · x)   P(prelu(x)) = max(P(x), |slope| · P(−x))
 *
 * so the convolution gives −x as well for the channels with a negative slope. Both cases are written as U + d · relu(z)
 * with U = P(x) and z linear in the pooled channels: z = −U, d = 1 − slope; and z = |slope| · P(−x) − U, d = 1.
 *
 * Done only where the added channels fit into lanes that the blocked layout pads anyway, that is for P-Net's first
 * layer, the largest of the cascade (10 channels, 6 of them with a negative slope).
 */
import { blockedChannels, pooledLayers, type PooledLayer } from './blocked-channels';
import { type Constants, growVector, growWeights, rewriteNodes, weights } from './graph';
import type { Graph, Node } from './onnx';

export function poolBeforePrelu(graph: Graph): Graph {
  const layers = pooledLayers(graph).filter((layer) => {
    const { data } = weights(graph.constants, layer.prelu.inputs[1]);
    return layer.channels + negatives(data).length <= blockedChannels(layer.channels);
  });
  return rewriteNodes(graph, (node, constants) => {
    const layer = layers.find(({ prelu, pool }) => node === prelu || node === pool);
    if (layer === undefined) return [node];
    return node === layer.prelu ? [] : pooledPrelu(layer, constants);
  });
}

/** Channels with a negative slope. */
function negatives(slope: Float32Array): number[] {
  return [...slope.keys()].filter((channel) => slope[channel]! < 0);
}

/**
 * The mirrored channels stay beside the others, where the convolution after the pooling ignores them: with 16 of 16
 * lanes in use it reads the blocked layout, which 10 channels would leave.
 */
function pooledPrelu({ before, prelu, pool, after, channels }: PooledLayer, constants: Constants): Node[] {
  const slope = weights(constants, prelu.inputs[1]).data;
  const mirrored = negatives(slope);
  const all = blockedChannels(channels);
  mirrorChannels(before, mirrored, all, constants);
  const nextName = after.inputs[1]!;
  const next = weights(constants, nextName);
  constants.set(nextName, growWeights(next, next.dims[0]!, all));

  const bend = new Float32Array(all * all);
  const lift = new Float32Array(all);
  slope.forEach((value, channel) => {
    bend[channel * all + channel] = -1;
    lift[channel] = value < 0 ? 1 : 1 - value;
  });
  mirrored.forEach((channel, index) => (bend[channel * all + channels + index] = -slope[channel]!));

  const part = (name: string): string => `${pool.output}/${name}`;
  const pointwise = (name: string, input: string, matrix: Float32Array): Node => {
    constants.set(part(`${name}/weights`), { dims: [all, all, 1, 1], data: matrix });
    const attributes = { kernel_shape: [1, 1] };
    return { op: 'Conv', inputs: [input, part(`${name}/weights`)], output: part(name), attributes };
  };
  constants.set(part('lifted/by'), { dims: [all, 1, 1], data: lift });
  return [
    { ...pool, inputs: [before.output], output: part('pooled') },
    pointwise('bent', part('pooled'), bend),
    { op: 'Relu', inputs: [part('bent')], output: part('positive') },
    { op: 'Mul', inputs: [part('positive'), part('lifted/by')], output: part('lifted') },
    { op: 'Add', inputs: [part('lifted'), part('pooled')], output: pool.output },
  ];
}

/** Makes a convolution give the negative of some of its channels as well, after the others, and zeros up to `all`. */
function mirrorChannels(
  convolution: Node,
  mirrored: readonly number[],
  all: number,
  constants: Constants,
): void {
  const [kernelName = '', biasName = ''] = convolution.inputs.slice(1);
  const kernel = weights(constants, kernelName);
  const bias = weights(constants, biasName);
  const channels = bias.data.length;
  const [, into = 0] = kernel.dims;
  const each = kernel.data.length / channels;
  const moreKernel = growWeights(kernel, all, into);
  const moreBias = growVector(bias, all);
  mirrored.forEach((channel, index) => {
    const filter = kernel.data.subarray(channel * each, (channel + 1) * each);
    moreKernel.data.set(
      filter.map((weight) => -weight),
      (channels + index) * each,
    );
    moreBias.data[channels + index] = -bias.data[channel]!;
  });
  constants.set(kernelName, moreKernel);
  constants.set(biasName, moreBias);
}
