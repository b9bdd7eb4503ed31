import assert from 'node:assert/strict';
import { openNetwork } from '../../../lib/inference/backends/onnxruntime';
import { requireModel } from '../../../lib/models/manifest';
import { convertModel } from '../../../scripts/models/convert';
import { convertMtcnn } from '../../../scripts/models/mtcnn';
import { PRELU_FORMS } from '../../../scripts/models/prelu';
import { readTflite, type TfliteModel } from '../../../scripts/models/tflite';
import { interpretTflite, type Values } from './interpret-tflite';
import { noise, runOnnx, sourceOf, worstError } from './networks';

const TOLERANCE = 1e-4;

/** Raw RGB planes of a normal image → what the TensorFlow network takes: transposed, channels last, normalised. */
function toTensorFlow(planes: Float32Array, height: number, width: number): Values {
  const data = new Float64Array(planes.length);
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        data[(x * height + y) * 3 + c] = (planes[(c * height + y) * width + x]! - 127.5) / 128;
      }
    }
  }
  return { shape: [1, width, height, 3], data };
}

/** The prediction that the heads of the TensorFlow network amount to, as [channel][y][x] of the normal image. */
function expectedPrediction(
  model: TfliteModel,
  planes: Float32Array,
  height: number,
  width: number,
): number[] {
  const [probability, ...others] = interpretTflite(model, toTensorFlow(planes, height, width));
  const [, columns = 1, rows = 1] = probability!.shape.length === 4 ? probability!.shape : [];
  const planesOf = ({ data }: Values): number[][] => {
    const channels = data.length / (rows * columns);
    return Array.from({ length: channels }, (_, channel) =>
      Array.from({ length: rows * columns }, (__, at) => {
        const [y, x] = [Math.floor(at / columns), at % columns];
        return data[(x * rows + y) * channels + channel]!;
      }),
    );
  };
  const [background, face] = planesOf(probability!);
  const logits = face!.map((p, at) => Math.log(p / background![at]!));
  return [logits, ...others.flatMap(planesOf)].flat();
}

describe('convertMtcnn', () => {
  const cases = [
    // P-Net on sizes that are odd before the pooling, after it, in one axis only, and on its smallest.
    {
      id: 'mtcnn-pnet',
      sizes: [
        [37, 30],
        [29, 41],
        [12, 12],
        [24, 19],
      ],
    },
    { id: 'mtcnn-rnet', sizes: [[24, 24]] },
    { id: 'mtcnn-onet', sizes: [[48, 48]] },
  ] as const;

  for (const { id, sizes } of cases) {
    for (const [height, width] of sizes) {
      it(`${id} gives what the TensorFlow network gives for the transposed image, ${width} × ${height}`, async () => {
        const { model, source } = await sourceOf(id);
        const image = noise(3 * height * width, 0, 255);
        const expected = expectedPrediction(readTflite(source), image, height, width);
        const [found] = await runOnnx(convertModel(source, model, 'folded'), {
          data: image,
          dims: [1, 3, height, width],
        });
        assert.ok(
          worstError(found!.data, expected) < TOLERANCE,
          `error ${worstError(found!.data, expected)}`,
        );
      });
    }
  }

  for (const [id, side] of [
    ['mtcnn-pnet', 33],
    ['mtcnn-rnet', 24],
    ['mtcnn-onet', 48],
  ] as const) {
    it(`${id} gives the same in every form of PReLU, and for images alone or together`, async () => {
      const { model, source } = await sourceOf(id);
      const each = 3 * side * side;
      const data = noise(3 * each, 0, 255);
      const batch = { data, dims: [3, 3, side, side] };
      const [plain] = await runOnnx(convertModel(source, model, 'plain'), batch);
      for (const form of PRELU_FORMS) {
        const second = { data: data.slice(each, 2 * each), dims: [1, 3, side, side] };
        const [together, alone] = await runOnnx(convertModel(source, model, form), batch, second);
        assert.ok(worstError(together!.data, plain!.data) < 1e-5, form);
        const length = together!.data.length / 3;
        assert.ok(worstError(alone!.data, together!.data.slice(length, 2 * length)) < 1e-5, form);
      }
    });
  }

  it('declares one input of raw pixels and one prediction, with a free batch', async () => {
    const shapes = await Promise.all(
      ['mtcnn-pnet', 'mtcnn-rnet', 'mtcnn-onet'].map(async (id) => {
        const network = await openNetwork(requireModel(id).path, { provider: 'cpu', threads: 1 });
        const { inputs, outputs } = network;
        await network.release();
        return [inputs, outputs];
      }),
    );
    const free = undefined;
    assert.deepEqual(shapes, [
      [{ image: [free, 3, free, free] }, { prediction: [free, 5, free, free] }],
      [{ image: [free, 3, 24, 24] }, { prediction: [free, 5] }],
      [{ image: [free, 3, 48, 48] }, { prediction: [free, 15] }],
    ]);
  });

  it('refuses a network whose first output is no softmax', async () => {
    const { source } = await sourceOf('mtcnn-rnet');
    const model = readTflite(source);
    const swapped = { ...model, outputs: [...model.outputs].reverse() };
    assert.throws(() => convertMtcnn(swapped, 'swapped', 24), {
      message: 'Expected the first output of an MTCNN network to be a softmax',
    });
  });
});
