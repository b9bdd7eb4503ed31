/**
 * Takes slopes of 1 and above out of a PReLU in front of a pooling. In `s = (1 − slope) · x`, which saves a pass over the
 * data there (prelu.ts), they do not fit. A PReLU without a negative slope never falls, so it changes places with the
 * pooling P, and of two gentler ones any steeper one is made:
 *
 *     prelu(slope) = (1 − 2 · slope) · relu + 2 · slope · prelu(½)      at x ≥ 0 and at x < 0
 *     P(prelu(x))  = (1 − 2 · slope) · P(relu(x)) + 2 · slope · P(prelu½(x))
 *
 * with the factors in the weights of the convolution behind the pooling. The steep channel becomes two; done only where
 * they fit into lanes that the blocked layout pads anyway, that is for R-Net's first layer (28 channels, 2 of them steep).
 */
import { blockedChannels, pooledLayers, type PooledLayer } from './blocked-channels';
import { type Constants, growVector, growWeights, rewriteNodes, weights } from './graph';
import type { Graph } from './onnx';

const GENTLE = 0.5;

export function softenSteepPrelu(graph: Graph): Graph {
  const layers = pooledLayers(graph).filter(({ prelu, channels }) => {
    const steep = steepChannels(weights(graph.constants, prelu.inputs[1]).data);
    return steep.length > 0 && channels + steep.length <= blockedChannels(channels);
  });
  return rewriteNodes(graph, (node, constants) => {
    const layer = layers.find(({ prelu }) => prelu === node);
    if (layer !== undefined) soften(layer, constants);
    return [node];
  });
}

function steepChannels(slope: Float32Array): number[] {
  return [...slope.keys()].filter((channel) => slope[channel]! >= 1);
}

function soften({ before, prelu, after, channels }: PooledLayer, constants: Constants): void {
  const [kernelName = '', biasName = ''] = before.inputs.slice(1);
  const slopeName = prelu.inputs[1]!;
  const nextName = after.inputs[1]!;
  const slope = weights(constants, slopeName);
  const steep = steepChannels(slope.data);
  const all = channels + steep.length;

  const kernel = weights(constants, kernelName);
  const bias = weights(constants, biasName);
  const next = weights(constants, nextName);
  const moreKernel = growWeights(kernel, all, kernel.dims[1]!);
  const moreBias = growVector(bias, all);
  const moreSlope = growVector(slope, all);
  const moreNext = growWeights(next, next.dims[0]!, all);
  const each = kernel.data.length / channels;
  steep.forEach((channel, index) => {
    const twin = channels + index;
    moreKernel.data.copyWithin(twin * each, channel * each, (channel + 1) * each);
    moreBias.data[twin] = bias.data[channel]!;
    moreSlope.data[channel] = 0;
    moreSlope.data[twin] = GENTLE;
    const share = slope.data[channel]! / GENTLE;
    moveInput(moreNext, channel, twin, share);
  });
  constants.set(kernelName, moreKernel);
  constants.set(biasName, moreBias);
  constants.set(slopeName, moreSlope);
  constants.set(nextName, moreNext);
}

/** Weights [out, in, …]: one input's weights become 1 − share of themselves, another's the share. */
function moveInput(
  { dims, data }: { readonly dims: readonly number[]; readonly data: Float32Array },
  from: number,
  to: number,
  share: number,
): void {
  const [out = 0, into = 0, ...kernel] = dims;
  const each = kernel.reduce((product, length) => product * length, 1);
  for (let row = 0; row < out; row++) {
    for (let at = 0; at < each; at++) {
      const weight = data[(row * into + from) * each + at]!;
      data[(row * into + from) * each + at] = weight * (1 - share);
      data[(row * into + to) * each + at] = weight * share;
    }
  }
}
