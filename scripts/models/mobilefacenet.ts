/**
 * ArcFace networks of the MobileFaceNet family (Chen et al. 2018, https://arxiv.org/abs/1804.07573).
 *
 * The result takes 112 × 112 faces as its caller normalised them (models/manifest.json says how) in NCHW, any number
 * at once, and gives one embedding each, not brought to unit length.
 */
import { rewriteNodes } from './graph';
import type { Graph } from './onnx';
import { translateTflite } from './from-tflite';
import type { TfliteModel } from './tflite';

const SIDE = 112;
const BATCH = 'batch';
const INPUT = 'image';
const OUTPUT = 'embedding';

/** From a TensorFlow Lite file. */
export function convertTfliteEmbedder(model: TfliteModel, name: string): Graph {
  const [output] = model.outputs;
  const dimension = model.tensors[output ?? -1]?.shape.at(-1);
  if (output === undefined || dimension === undefined)
    throw new Error('Expected the network to have an output');
  const { nodes, constants, outputs, input } = translateTflite(model, {
    wanted: [output],
    transposed: false,
  });
  return named({ name, nodes, constants, input, output: outputs[0]!, dimension });
}

/** From an ONNX file that was exported for one image at a time: its last Reshape states the batch. */
export function convertOnnxEmbedder(graph: Graph, name: string): Graph {
  const dimension = graph.output.dims.at(-1);
  if (typeof dimension !== 'number')
    throw new Error('Expected the network to state the length of its output');
  const { nodes, constants } = rewriteNodes(graph, (node) => [
    node.op === 'Reshape'
      ? { ...node, op: 'Flatten', inputs: [node.inputs[0]!], attributes: { axis: 1 } }
      : node,
  ]);
  return named({ name, nodes, constants, input: graph.input.name, output: graph.output.name, dimension });
}

interface Parts extends Pick<Graph, 'name' | 'nodes' | 'constants'> {
  readonly input: string;
  readonly output: string;
  readonly dimension: number;
}

/** The parts as a graph with the names and the free batch that the engine expects. */
function named({ name, nodes, constants, input, output, dimension }: Parts): Graph {
  const rename = (value: string): string => (value === input ? INPUT : value === output ? OUTPUT : value);
  return {
    name,
    input: { name: INPUT, dims: [BATCH, 3, SIDE, SIDE] },
    output: { name: OUTPUT, dims: [BATCH, dimension] },
    nodes: nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      output: rename(node.output),
    })),
    constants,
  };
}
