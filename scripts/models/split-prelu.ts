/**
 * Takes a PReLU apart where a 1 × 1 convolution W with few channels reads it, as P-Net's heads do. It is linear, so
 *
 *     W · prelu(x) = W · slope · x + W · (1 − slope) · relu(x)
 *
 * with the slopes multiplied into two small convolutions, and what is as large as x is passed over once less.
 */
import { type Constants, isPointwise, onlyConsumer, rewriteNodes, type Weights, weights } from './graph';
import type { Graph, Node } from './onnx';

/** The channels that the convolution may give, at most, for it to be cheaper twice than one more pass over its input. */
const FEW_CHANNELS = 8;

export function splitPrelu(graph: Graph): Graph {
  const pairs = graph.nodes.flatMap((prelu) => {
    const after = prelu.op === 'PRelu' ? onlyConsumer(graph, prelu.output) : undefined;
    if (after === undefined || !isPointwise(after, graph)) return [];
    const [out = 0] = weights(graph.constants, after.inputs[1]).dims;
    return out <= FEW_CHANNELS ? [{ prelu, after }] : [];
  });
  return rewriteNodes(graph, (node, constants) => {
    const pair = pairs.find(({ prelu, after }) => node === prelu || node === after);
    if (pair === undefined) return [node];
    return node === pair.prelu ? [] : apart(pair.prelu, node, constants);
  });
}

function apart(prelu: Node, after: Node, constants: Constants): Node[] {
  const [input = '', slopeName] = prelu.inputs;
  const [, kernelName = '', biasName = ''] = after.inputs;
  const slope = weights(constants, slopeName).data;
  const kernel = weights(constants, kernelName);
  const [positive, bent, straight] = ['positive', 'bent', 'straight'].map(
    (part) => `${prelu.output}/${part}`,
  );
  constants.set(kernelName, scaleInput(kernel, slope));
  constants.set(
    `${bent}/weights`,
    scaleInput(
      kernel,
      slope.map((value) => 1 - value),
    ),
  );
  return [
    { op: 'Relu', inputs: [input], output: positive! },
    { ...after, inputs: [input, kernelName, biasName], output: straight! },
    { ...after, inputs: [positive!, `${bent}/weights`], output: bent! },
    { op: 'Add', inputs: [bent!, straight!], output: after.output },
  ];
}

/** Weights [out, in, 1, 1] with a factor for each input channel. */
function scaleInput({ dims, data }: Weights, factors: Float32Array): Weights {
  return { dims, data: data.map((value, at) => value * factors[at % factors.length]!) };
}
