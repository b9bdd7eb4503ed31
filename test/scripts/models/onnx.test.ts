import assert from 'node:assert/strict';
import { readOnnx, writeOnnx, type Graph } from '../../../scripts/models/onnx';

const GRAPH: Graph = {
  name: 'test',
  input: { name: 'image', dims: ['batch', 3, 4, 4] },
  output: { name: 'flat', dims: ['batch', 8] },
  nodes: [
    { op: 'Conv', inputs: ['image', 'w', 'b'], output: 'c', attributes: { kernel_shape: [3, 3], group: 1 } },
    { op: 'Reshape', inputs: ['c', 'shape'], output: 'flat', attributes: {} },
  ],
  constants: new Map([
    ['w', { dims: [2, 3, 3, 3], data: Float32Array.from({ length: 54 }, (_, i) => i / 7) }],
    ['b', { dims: [2], data: Float32Array.of(-0.5, 1e-30) }],
    ['shape', { dims: [2], data: BigInt64Array.of(-1n, 8n) }],
  ]),
};

describe('onnx', () => {
  it('reads back what it writes', () => {
    assert.deepEqual(readOnnx(writeOnnx(GRAPH)), GRAPH);
  });

  it('writes the same bytes for the same graph', () => {
    assert.deepEqual(writeOnnx(structuredClone(GRAPH)), writeOnnx(GRAPH));
  });

  it('refuses a file with a field that it does not know', () => {
    // Field 25 (functions) of ModelProto, an empty message.
    const withFunctions = Buffer.concat([writeOnnx(GRAPH), Buffer.of(0xca, 0x01, 0x00)]);
    assert.throws(() => readOnnx(withFunctions), {
      message: 'The ONNX file holds fields that the converter does not know',
    });
  });

  it('refuses a file without a graph', () => {
    assert.throws(() => readOnnx(Buffer.alloc(0)), { message: 'The ONNX file holds no graph' });
  });

  it('refuses an unsupported attribute', () => {
    // A graph of one node whose attribute "a" has the type FLOAT (1): fields 7, 1, 5, 1 and 20.
    const attribute = [0x0a, 0x01, 0x61, 0xa0, 0x01, 0x01];
    const node = [0x12, 0x01, 0x79, 0x22, 0x01, 0x58, 0x2a, attribute.length, ...attribute];
    const value = (name: number): number[] => [0x0a, 0x01, name, 0x12, 0x04, 0x0a, 0x02, 0x08, 0x01];
    const [x, y] = [value(0x78), value(0x79)];
    const graph = [0x0a, node.length, ...node, 0x5a, x.length, ...x, 0x62, y.length, ...y];
    assert.throws(() => readOnnx(Buffer.of(0x3a, graph.length, ...graph)), {
      message: 'ONNX attribute a is neither an integer nor a list of integers',
    });
  });
});
