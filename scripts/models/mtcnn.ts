/**
 * MTCNN's three networks (Zhang et al. 2016, https://arxiv.org/abs/1604.02878) from their TensorFlow Lite form.
 *
 * The result takes raw RGB pixels (0..255, NCHW) of normal, not transposed, images and has one output: channel 0 the
 * logit of "face" against "background", 1..4 the corrections of the box (left, top, right, bottom, in parts of its
 * side), and for O-Net 5..14 the landmarks (five x, then five y, in parts of the side).
 */
import { weights } from './graph';
import type { Constant, Graph, Node } from './onnx';
import { translateTflite } from './from-tflite';
import type { TfliteModel, TfliteOperator } from './tflite';

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
  const [probability, ...rest] = model.outputs;
  const wanted = [beforeSoftmax(model, probability), ...rest];
  const { nodes, constants, outputs, input } = translateTflite(model, { wanted, transposed: true });
  const bodyNodes = nodes.filter(({ output }) => !outputs.includes(output));
  const heads = outputs.map((output) => nodes.find((node) => node.output === output)!);
  const merged = new Map(constants);
  const head = mergeHeads(heads, merged);
  const body = bodyNodes.map((node) => (node.inputs[0] === input ? takeRawPixels(node, merged) : node));
  const size = side === undefined ? ['height', 'width'] : [side, side];
  const channels = merged.get(head.inputs[1]!)!.dims[0]!;
  return {
    name,
    input: { name: INPUT, dims: ['batch', 3, ...size] },
    output: {
      name: OUTPUT,
      dims: ['batch', channels, ...(side === undefined ? ['rows', 'columns'] : [])],
    },
    nodes: [...body, head],
    constants: merged,
  };
}

/** The two logits that the network turns into probabilities as exp(x − max) / sum(exp(x − max)). */
function beforeSoftmax({ operators }: TfliteModel, probability: number | undefined): number {
  const from = (output: number | undefined, name: TfliteOperator['name']): number | undefined =>
    operators.find((operator) => operator.output === output && operator.name === name)?.inputs[0];
  const logits = from(from(from(probability, 'DIV'), 'EXP'), 'SUB');
  if (logits === undefined) throw new Error('Expected the first output of an MTCNN network to be a softmax');
  return logits;
}

/**
 * One node in place of the heads, which all read the same features. The first head's two logits (background, face)
 * become one, their difference: sigmoid(face − background) is the softmax's probability of a face.
 */
function mergeHeads(heads: readonly Node[], constants: Map<string, Constant>): Node {
  const [first] = heads;
  if (
    first === undefined ||
    heads.some(({ op, inputs }) => op !== first.op || inputs[0] !== first.inputs[0])
  ) {
    throw new Error('Expected all heads of an MTCNN network to be alike and to read the same features');
  }
  const merge = (input: number): string => {
    const parts = heads.map((head) => weights(constants, head.inputs[input]));
    const [logits, ...others] = parts.map(({ data }) => data);
    const difference = faceMinusBackground(logits!);
    const data = Float32Array.from([difference, ...others].flatMap((part) => [...part]));
    const [, ...each] = parts[0]!.dims;
    const size = each.reduce((product, length) => product * length, 1);
    const name = `${OUTPUT}/${input === 1 ? 'weights' : 'bias'}`;
    heads.forEach((head) => constants.delete(head.inputs[input]!));
    constants.set(name, { dims: [data.length / size, ...each], data });
    return name;
  };
  return { ...first, inputs: [first.inputs[0]!, merge(1), merge(2)], output: OUTPUT };
}

function faceMinusBackground(rows: Float32Array): Float32Array {
  const background = rows.subarray(0, rows.length / 2);
  return rows.subarray(rows.length / 2).map((face, index) => face - background[index]!);
}

/** Folds the normalisation of the pixels into the first convolution: exact, because it has no padding. */
function takeRawPixels(node: Node, constants: Map<string, Constant>): Node {
  const { op, inputs, attributes = {} } = node;
  const pads = attributes['pads'];
  if (op !== 'Conv' || typeof pads === 'number' || pads?.some((pad) => pad !== 0)) {
    throw new Error('Expected the network to begin with a convolution without padding');
  }
  const kernel = weights(constants, inputs[1]);
  const bias = weights(constants, inputs[2]);
  const each = kernel.data.length / bias.data.length;
  const shifted = bias.data.map((value, filter) => {
    const sum = kernel.data
      .subarray(filter * each, (filter + 1) * each)
      .reduce((total, weight) => total + weight, 0);
    return value - sum * MEAN * SCALE;
  });
  constants.set(inputs[1]!, { ...kernel, data: kernel.data.map((weight) => weight * SCALE) });
  constants.set(inputs[2]!, { ...bias, data: shifted });
  return { ...node, inputs: [INPUT, ...inputs.slice(1)] };
}
