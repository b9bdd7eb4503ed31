/**
 * PReLU (He et al. 2015, https://arxiv.org/abs/1502.01852), x for x ≥ 0 and slope · x below, with a slope for each
 * channel, spelled in operators that ONNX Runtime runs fast: its own CPU kernel for PRelu is slow. Both forms give
 * the same numbers to float32 rounding; `npm run bench` times both.
 */
import { fillBlocks } from './blocked-channels';
import {
  type Constants,
  consumers,
  isLinear,
  negateInput,
  onlyConsumer,
  producer,
  rewriteNodes,
  scaleOutput,
  type Weights,
  weights,
} from './graph';
import type { Graph, Node } from './onnx';
import { poolBeforePrelu } from './pooled-prelu';
import { splitPrelu } from './split-prelu';
import { softenSteepPrelu } from './steep-prelu';

export const PRELU_FORMS = ['plain', 'folded'] as const;
export type PreluForm = (typeof PRELU_FORMS)[number];

/** The form that ships. */
export const SHIPPED_PRELU: PreluForm = 'folded';

interface Prelu {
  readonly input: string;
  readonly output: string;
  readonly slopeName: string;
  readonly slope: Weights;
}

/** Writes one PReLU of the graph in other operators; may set constants. */
type Spelling = (prelu: Prelu, constants: Constants, graph: Graph) => Node[];

/** relu(x) · (1 − slope) + x · slope: where nothing around can take a factor. */
const multiplyAdd: Spelling = ({ input, output, slopeName, slope }, constants) => {
  const [positive, scaled, whole] = [`${output}/positive`, `${output}/scaled`, `${output}/whole`];
  constants.set(`${scaled}/by`, { dims: slope.dims, data: slope.data.map((value) => 1 - value) });
  return [
    { op: 'Relu', inputs: [input], output: positive },
    { op: 'Mul', inputs: [positive, `${scaled}/by`], output: scaled },
    { op: 'Mul', inputs: [input, slopeName], output: whole },
    { op: 'Add', inputs: [scaled, whole], output },
  ];
};

/**
 * One multiplication less, its factor folded into the linear nodes around:
 * - with n = −x, prelu(x) = −(n + (slope − 1) · relu(n)): the node before is negated, so are the inputs of those after;
 * - where a pooling follows, which the sign must not reach, and all slopes are below 1: with s = (1 − slope) · x,
 *   prelu(x) = relu(s) + slope / (1 − slope) · s.
 */
const folded: Spelling = (prelu, constants, graph) => {
  const { input, output, slope } = prelu;
  const before = producer(graph, input);
  if (!isLinear(before) || onlyConsumer(graph, input) === undefined) {
    return multiplyAdd(prelu, constants, graph);
  }
  const after = consumers(graph, output);
  const [positive, scaled] = [`${output}/positive`, `${output}/scaled`];
  const relu = { op: 'Relu', inputs: [input], output: positive };
  if (output !== graph.output.name && after.every(isLinear)) {
    scaleOutput(
      before,
      constants,
      slope.data.map(() => -1),
    );
    for (const node of after) negateInput(node, constants);
    constants.set(`${scaled}/by`, { dims: slope.dims, data: slope.data.map((value) => value - 1) });
    return [
      relu,
      { op: 'Mul', inputs: [positive, `${scaled}/by`], output: scaled },
      { op: 'Add', inputs: [scaled, input], output },
    ];
  }
  if (slope.data.every((value) => value < 1)) {
    scaleOutput(
      before,
      constants,
      slope.data.map((value) => 1 - value),
    );
    constants.set(`${scaled}/by`, { dims: slope.dims, data: slope.data.map((value) => value / (1 - value)) });
    return [
      relu,
      { op: 'Mul', inputs: [input, `${scaled}/by`], output: scaled },
      { op: 'Add', inputs: [scaled, positive], output },
    ];
  }
  return multiplyAdd(prelu, constants, graph);
};

/** The graph with every PRelu in another form; `folded` also moves it behind poolings and into heads where that pays. */
export function rewritePrelu(graph: Graph, form: PreluForm): Graph {
  return form === 'plain' ? graph : fold(fillBlocks(softenSteepPrelu(poolBeforePrelu(splitPrelu(graph)))));
}

function fold(graph: Graph): Graph {
  return rewriteNodes(graph, (node, constants) => {
    if (node.op !== 'PRelu') return [node];
    const [input = '', slopeName = ''] = node.inputs;
    const slope = weights(graph.constants, slopeName);
    return folded({ input, output: node.output, slopeName, slope }, constants, graph);
  });
}
