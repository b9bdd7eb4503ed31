import assert from 'node:assert/strict';
import { joinLinearChains } from '../../../scripts/models/linear-chains';
import type { Constant, Graph, Node } from '../../../scripts/models/onnx';
import { noise, runOnnx, worstError } from './networks';

const SIDE = 5;
const IMAGES = { data: noise(2 * 8 * SIDE * SIDE, -1, 1), dims: [2, 8, SIDE, SIDE] };

interface Shape {
  readonly from: string;
  readonly out: number;
  readonly into: number;
  readonly size?: number;
  readonly stride?: number;
}

/** Convolutions of these shapes; the last one gives the output. */
function convolutions(shapes: Readonly<Record<string, Shape>>, extra: readonly Node[] = []): Graph {
  const constants = new Map<string, Constant>();
  const nodes = Object.entries(shapes).map(([name, { from, out, into, size = 1, stride = 1 }], index) => {
    constants.set(`${name}/w`, {
      dims: [out, into, size, size],
      data: noise(out * into * size ** 2, -1, 1, index),
    });
    constants.set(`${name}/b`, { dims: [out], data: noise(out, -1, 1, index + 10) });
    const attributes = {
      kernel_shape: [size, size],
      strides: [stride, stride],
      pads: [0, 0, 0, 0],
      group: 1,
    };
    return { op: 'Conv', inputs: [from, `${name}/w`, `${name}/b`], output: name, attributes };
  });
  const all = [...nodes, ...extra];
  return {
    name: 'test',
    input: { name: 'image', dims: ['batch', 8, SIDE, SIDE] },
    output: { name: all.at(-1)!.output, dims: ['batch', 'channels', 'rows', 'columns'] },
    nodes: all,
    constants,
  };
}

async function assertSame(graph: Graph, joined: Graph): Promise<void> {
  const [[expected], [found]] = await Promise.all([runOnnx(graph, IMAGES), runOnnx(joined, IMAGES)]);
  assert.ok(worstError(found!.data, expected!.data) < 1e-6);
}

describe('joinLinearChains', () => {
  it('joins a chain of pointwise convolutions into one', async () => {
    const graph = convolutions({
      a: { from: 'image', out: 8, into: 8 },
      b: { from: 'a', out: 6, into: 8 },
      c: { from: 'b', out: 4, into: 6 },
    });
    const joined = joinLinearChains(graph);
    assert.deepEqual(
      joined.nodes.map(({ inputs, output }) => [inputs[0], output]),
      [['image', 'c']],
    );
    assert.deepEqual(joined.constants.get('c/w')?.dims, [4, 8, 1, 1]);
    assert.equal(joined.constants.size, 2);
    await assertSame(graph, joined);
  });

  it('leaves a bottleneck, whose product would be larger', () => {
    const graph = convolutions({ a: { from: 'image', out: 2, into: 8 }, b: { from: 'a', out: 8, into: 2 } });
    assert.equal(joinLinearChains(graph), graph);
  });

  it('leaves what something else reads as well', () => {
    const shortcut = { op: 'Add', inputs: ['a', 'b'], output: 'sum' };
    const graph = convolutions({ a: { from: 'image', out: 8, into: 8 }, b: { from: 'a', out: 8, into: 8 } }, [
      shortcut,
    ]);
    assert.equal(joinLinearChains(graph), graph);
  });

  it('leaves convolutions over several pixels and with strides', () => {
    for (const other of [{ size: 3 }, { stride: 2 }]) {
      const graph = convolutions({
        a: { from: 'image', out: 8, into: 8 },
        b: { from: 'a', out: 8, into: 8, ...other },
        c: { from: 'b', out: 8, into: 8, ...other },
      });
      assert.equal(joinLinearChains(graph), graph);
    }
  });
});
