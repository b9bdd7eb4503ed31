import assert from 'node:assert/strict';
import { openNetwork } from '../../../../lib/inference/backends/onnxruntime';
import { inputShape, runSingle } from '../../../../lib/inference/single';
import { requireModel } from '../../../../lib/models/manifest';

describe('inference: a network', () => {
  it('takes and gives tensors by the names of its file, several of them', async () => {
    const network = await openNetwork(requireModel('ultraface-rfb-320').path, {
      provider: 'cpu',
      threads: 1,
    });
    assert.deepEqual(network.inputs, { input: [1, 3, 240, 320] });
    assert.deepEqual(network.outputs, { scores: [1, 4420, 2], boxes: [1, 4420, 4] });
    const data = new Float32Array(3 * 240 * 320);
    const outputs = await network.run({ input: { data, dims: [1, 3, 240, 320] } });
    assert.deepEqual(Object.keys(outputs), ['scores', 'boxes']);
    assert.deepEqual(
      Object.values(outputs).map((tensor) => [tensor.dims, tensor.data.length]),
      [
        [[1, 4420, 2], 4420 * 2],
        [[1, 4420, 4], 4420 * 4],
      ],
    );
    assert.ok(network.busyMs > 0);
    await network.release();
  });

  it('of one input needs no name, and one of two has none to run on alone', async () => {
    const network = await openNetwork(requireModel('mtcnn-rnet').path, { provider: 'cpu', threads: 1 });
    assert.deepEqual(inputShape(network), [undefined, 3, 24, 24]);
    const { dims } = await runSingle(network, new Float32Array(2 * 3 * 24 * 24), [2, 3, 24, 24]);
    assert.deepEqual(dims, [2, 5]);
    await network.release();
    const two = { ...network, inputs: { image: [1], size: [1] } };
    await assert.rejects(runSingle(two, new Float32Array(1), [1]), {
      code: 'MODEL_MISMATCH',
      message: 'Expected a network with one image input but it has image, size',
    });
  });
});
