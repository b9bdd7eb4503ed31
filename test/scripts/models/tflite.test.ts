import assert from 'node:assert/strict';
import { Builder } from 'flatbuffers';
import { readTflite } from '../../../scripts/models/tflite';
import { sourceOf } from './networks';

describe('readTflite', () => {
  it('reads tensors, operators and their windows', async () => {
    const { source } = await sourceOf('mtcnn-rnet');
    const { tensors, operators, inputs, outputs } = readTflite(source);
    assert.deepEqual(
      inputs.map((index) => tensors[index]?.shape),
      [[1, 24, 24, 3]],
    );
    assert.deepEqual(
      outputs.map((index) => tensors[index]?.shape),
      [
        [1, 2],
        [1, 4],
      ],
    );
    const kernel = tensors[operators[0]!.inputs[1]!]!;
    assert.deepEqual(kernel.shape, [28, 3, 3, 3]);
    assert.equal(kernel.data?.length, 28 * 3 * 3 * 3);
    assert.deepEqual(operators[0]!.window, { padding: 'VALID', strides: [1, 1] });
    const pools = operators.filter(({ name }) => name === 'MAX_POOL_2D');
    assert.deepEqual(
      pools.map(({ window }) => window),
      [
        { padding: 'SAME', strides: [2, 2], size: [3, 3] },
        { padding: 'VALID', strides: [2, 2], size: [3, 3] },
      ],
    );
  });

  it('refuses other files', () => {
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(64), Buffer.from('PK\u0003\u0004 and so on')]) {
      assert.throws(() => readTflite(bytes), {
        message: 'Expected a TensorFlow Lite file (TFL3) but found something else',
      });
    }
  });

  it('names an operator that it does not know', () => {
    assert.throws(() => readTflite(modelWithOperator(97)), {
      message: 'TensorFlow Lite operator 97 is not supported',
    });
  });
});

/** A model without tensors whose one operator code is this. */
function modelWithOperator(code: number): Uint8Array {
  const builder = new Builder();
  builder.startObject(4);
  builder.addFieldInt8(0, code, 0);
  const operatorCode = builder.endObject();
  builder.startObject(5);
  const graph = builder.endObject();
  const [codes, graphs] = [operatorCode, graph].map((only) => {
    builder.startVector(4, 1, 4);
    builder.addOffset(only);
    return builder.endVector();
  });
  builder.startObject(5);
  builder.addFieldOffset(1, codes!, 0);
  builder.addFieldOffset(2, graphs!, 0);
  builder.finish(builder.endObject(), 'TFL3');
  return builder.asUint8Array();
}
