/**
 * MTCNN's three networks (Zhang et al. 2016, https://arxiv.org/abs/1604.02878) from their TensorFlow Lite form.
 *
 * The result takes raw RGB pixels (0..255, NCHW) of normal, not transposed, images and has one output: channel 0 the
 * logit of "face" against "background", 1..4 the corrections of the box (left, top, right, bottom, in parts of its
 * side), and for O-Net 5..14 the landmarks (five x, then five y, in parts of the side).
 */
import { translateTflite } from './from-tflite';
import { type Constants, weights, withoutUnused } from './graph';
import type { Graph, Node } from './onnx';
import type { TfliteModel } from './tflite';
import { producedBy } from './tflite-prelu';

/** MTCNN was trained on (pixel − 127.5) / 128. */
const MEAN = 127.5;
const SCALE = 1 / 128;

const INPUT = 'image';
const OUTPUT = 'prediction';

/**
 * @param model pnet, rnet or onet
 * @param side of the square input in pixels; P-Net, which slides over whole images, has none
 */
export function convertMtcnn(model: TfliteModel, name: string, side?: number): Graph {
  const [probability, ...others] = model.outputs;
  const translated = translateTflite(model, {
    wanted: [logitsOf(model, probability), ...others],
    transposed: true,
  });
  const { input, outputs, constants } = translated;
  const nodes = translated.nodes.map((node) =>
    node.inputs[0] === input ? takeRawPixels(node, constants) : node,
  );
  const head = mergeHeads(
    nodes.filter(({ output }) => outputs.includes(output)),
    constants,
  );
  const [channels = 0] = weights(constants, head.inputs[1]).dims;
  const isSliding = side === undefined;
  return withoutUnused({
    name,
    input: { name: INPUT, dims: ['batch', 3, ...(isSliding ? ['height', 'width'] : [side, side])] },
    output: { name: OUTPUT, dims: ['batch', channels, ...(isSliding ? ['rows', 'columns'] : [])] },
    nodes: [...nodes.filter(({ output }) => !outputs.includes(output)), head],
    constants,
  });
}

/** The two logits that the network turns into probabilities as exp(x − max) / sum(exp(x − max)). */
function logitsOf(model: TfliteModel, probability: number | undefined): number {
  const exponentials = producedBy(model, probability, 'DIV')?.inputs[0];
  const shifted = producedBy(model, exponentials, 'EXP')?.inputs[0];
  const logits = producedBy(model, shifted, 'SUB')?.inputs[0];
  if (logits === undefined) throw new Error('Expected the first output of an MTCNN network to be a softmax');
  return logits;
}

/**
 * One node in place of the heads, which all read the same features. The first head's two logits (background, face)
 * become one, their difference: sigmoid(face − background) is the softmax's probability of a face.
 */
function mergeHeads(heads: readonly Node[], constants: Constants): Node {
  const [first, ...others] = heads;
  if (
    first === undefined ||
    others.some(({ op, inputs: [features] }) => op !== first.op || features !== first.inputs[0])
  ) {
    throw new Error('Expected all heads of an MTCNN network to be alike and to read the same features');
  }
  const merge = (input: number, name: string): string => {
    const [logits, ...rest] = heads.map((head) => weights(constants, head.inputs[input]));
    const rows = [faceMinusBackground(logits!.data), ...rest.map((head) => head.data)];
    const data = Float32Array.from(rows.flatMap((part) => [...part]));
    const [, ...each] = logits!.dims;
    const size = each.reduce((product, length) => product * length, 1);
    constants.set(name, { dims: [data.length / size, ...each], data });
    return name;
  };
  const inputs = [first.inputs[0]!, merge(1, `${OUTPUT}/weights`), merge(2, `${OUTPUT}/bias`)];
  return { ...first, inputs, output: OUTPUT };
}

function faceMinusBackground(rows: Float32Array): Float32Array {
  const background = rows.subarray(0, rows.length / 2);
  return rows.subarray(rows.length / 2).map((face, index) => face - background[index]!);
}

/** Folds the normalisation of the pixels into the first convolution: exact, because that one has no padding. */
function takeRawPixels(node: Node, constants: Constants): Node {
  const { op, inputs, attributes } = node;
  const pads = attributes?.['pads'];
  if (op !== 'Conv' || !Array.isArray(pads) || pads.some((pad) => pad !== 0)) {
    throw new Error('Expected the network to begin with a convolution without padding');
  }
  const [, kernelName = '', biasName = ''] = inputs;
  const kernel = weights(constants, kernelName);
  const bias = weights(constants, biasName);
  const each = kernel.data.length / bias.data.length;
  const sumOf = (filter: number): number =>
    kernel.data.subarray(filter * each, (filter + 1) * each).reduce((sum, weight) => sum + weight, 0);
  constants.set(kernelName, { ...kernel, data: kernel.data.map((weight) => weight * SCALE) });
  constants.set(biasName, {
    ...bias,
    data: bias.data.map((value, filter) => value - sumOf(filter) * MEAN * SCALE),
  });
  return { ...node, inputs: [INPUT, kernelName, biasName] };
}
