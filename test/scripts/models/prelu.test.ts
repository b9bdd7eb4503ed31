import assert from 'node:assert/strict';
import type { Constant, Graph, Node } from '../../../scripts/models/onnx';
import { PRELU_FORMS, rewritePrelu } from '../../../scripts/models/prelu';
import { noise, runOnnx, worstError } from './networks';

const SIDE = 9;
const IMAGES = { data: noise(2 * 3 * SIDE * SIDE, -2, 2), dims: [2, 3, SIDE, SIDE] };

interface Layer {
  readonly node: Node;
  readonly constants?: Readonly<Record<string, Constant>>;
}

const image = (name: string, out: number, into: number, input: string, size = 3): Layer => ({
  node: {
    op: 'Conv',
    inputs: [input, `${name}/w`, `${name}/b`],
    output: name,
    attributes: { kernel_shape: [size, size] },
  },
  constants: {
    [`${name}/w`]: { dims: [out, into, size, size], data: noise(out * into * size * size, -1, 1, out) },
    [`${name}/b`]: { dims: [out], data: noise(out, -1, 1, into) },
  },
});
const prelu = (name: string, input: string, slopes: readonly number[]): Layer => ({
  node: { op: 'PRelu', inputs: [input, `${name}/slope`], output: name },
  constants: { [`${name}/slope`]: { dims: [slopes.length, 1, 1], data: Float32Array.from(slopes) } },
});
const pool = (name: string, input: string): Layer => ({
  node: {
    op: 'MaxPool',
    inputs: [input],
    output: name,
    attributes: { kernel_shape: [2, 2], strides: [2, 2], pads: [0, 0, 1, 1] },
  },
});
const sum = (name: string, ...inputs: string[]): Layer => ({ node: { op: 'Add', inputs, output: name } });

/** A network of these layers, whose last one gives the output. */
function network(layers: readonly Layer[], channels: number): Graph {
  return {
    name: 'test',
    input: { name: 'image', dims: ['batch', 3, SIDE, SIDE] },
    output: { name: layers.at(-1)!.node.output, dims: ['batch', channels, 'rows', 'columns'] },
    nodes: layers.map(({ node }) => node),
    constants: new Map(layers.flatMap(({ constants = {} }) => Object.entries(constants))),
  };
}

/** Below 0, between 0 and 1, exactly 0 and 1, and above. */
const ALL_SLOPES = [-1.5, -0.25, 0, 0.25, 1, 1.75];
const BELOW_ONE = [-9, -0.25, 0, 0.25, 0.5, 0.999];

describe('rewritePrelu', () => {
  const cases: Record<string, Graph> = {
    'between convolutions': network(
      [image('a', 6, 3, 'image'), prelu('p', 'a', ALL_SLOPES), image('b', 4, 6, 'p')],
      4,
    ),
    'one after the other': network(
      [
        image('a', 6, 3, 'image'),
        prelu('p', 'a', ALL_SLOPES),
        image('b', 6, 6, 'p'),
        prelu('q', 'b', BELOW_ONE),
        image('c', 2, 6, 'q'),
      ],
      2,
    ),
    'before a 1 × 1 convolution with few channels': network(
      [image('a', 6, 3, 'image'), prelu('p', 'a', ALL_SLOPES), image('b', 5, 6, 'p', 1)],
      5,
    ),
    'before a pooling, where the blocks have room for the mirrored channels': network(
      [image('a', 6, 3, 'image'), prelu('p', 'a', ALL_SLOPES), pool('m', 'p'), image('b', 4, 6, 'm')],
      4,
    ),
    'before a pooling, with slopes below 1 and no room': network(
      [
        image('a', 18, 3, 'image'),
        prelu(
          'p',
          'a',
          [...BELOW_ONE, ...BELOW_ONE, ...BELOW_ONE].map((slope) => -Math.abs(slope)),
        ),
        pool('m', 'p'),
        image('b', 4, 18, 'm'),
      ],
      4,
    ),
    'before a pooling, with slopes above 1 and no room': network(
      [
        image('a', 16, 3, 'image'),
        prelu('p', 'a', [...ALL_SLOPES, ...BELOW_ONE, -0.5, 3, 2, 0.1]),
        pool('m', 'p'),
        image('b', 4, 16, 'm'),
      ],
      4,
    ),
    'before a pooling, with slopes of 1 and above and room for their twins': network(
      [
        image('a', 20, 3, 'image'),
        prelu('p', 'a', [...ALL_SLOPES, ...Array.from({ length: 13 }, (_, at) => -0.1 * at - 0.05), 0.5]),
        pool('m', 'p'),
        image('b', 4, 20, 'm'),
      ],
      4,
    ),
    'beside a shortcut that reads its output': network(
      [image('a', 6, 3, 'image'), prelu('p', 'a', ALL_SLOPES), image('b', 6, 6, 'p', 1), sum('s', 'p', 'b')],
      6,
    ),
    'beside a shortcut that reads its input': network(
      [image('a', 6, 3, 'image'), prelu('p', 'a', ALL_SLOPES), image('b', 6, 6, 'p', 1), sum('s', 'a', 'b')],
      6,
    ),
    'at the very end': network([image('a', 6, 3, 'image'), prelu('p', 'a', ALL_SLOPES)], 6),
  };

  for (const [where, graph] of Object.entries(cases)) {
    for (const form of PRELU_FORMS) {
      it(`gives the same numbers as ${form}, ${where}`, async () => {
        const rewritten = rewritePrelu(graph, form);
        assert.equal(
          rewritten.nodes.some(({ op }) => op === 'PRelu'),
          form === 'plain',
        );
        const [expected] = await runOnnx(graph, IMAGES);
        const [found] = await runOnnx(rewritten, IMAGES);
        assert.deepEqual(found!.dims, expected!.dims);
        assert.ok(worstError(found!.data, expected!.data) < 1e-5);
      });
    }
  }

  it('folds one of the multiplications away', () => {
    const { nodes } = rewritePrelu(cases['between convolutions']!, 'folded');
    assert.equal(nodes.filter(({ op }) => op === 'Mul').length, 1);
  });

  it('moves the PReLU behind the pooling where that is possible', () => {
    const graph = cases['before a pooling, where the blocks have room for the mirrored channels']!;
    const { nodes } = rewritePrelu(graph, 'folded');
    assert.equal(nodes[1]!.op, 'MaxPool');
  });

  it('saves a multiplication before a pooling where steep channels have room for twins', () => {
    const graph = cases['before a pooling, with slopes of 1 and above and room for their twins']!;
    const { nodes } = rewritePrelu(graph, 'folded');
    assert.deepEqual(
      nodes.map(({ op }) => op),
      ['Conv', 'Relu', 'Mul', 'Add', 'MaxPool', 'Conv'],
    );
  });

  it('takes the PReLU apart where few channels are read from it', () => {
    const { nodes } = rewritePrelu(cases['before a 1 × 1 convolution with few channels']!, 'folded');
    assert.deepEqual(
      nodes.map(({ op }) => op),
      ['Conv', 'Relu', 'Conv', 'Conv', 'Add'],
    );
  });

  it('leaves the graph that it was given as it was', () => {
    const graph = cases['between convolutions']!;
    const before = structuredClone(graph);
    for (const form of PRELU_FORMS) rewritePrelu(graph, form);
    assert.deepEqual(graph, before);
  });
});
