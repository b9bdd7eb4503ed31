import assert from 'node:assert/strict';
import { convertModel } from '../../../scripts/models/convert';
import { PRELU_FORMS } from '../../../scripts/models/prelu';
import { readTflite } from '../../../scripts/models/tflite';
import { interpretTflite } from './interpret-tflite';
import { noise, runOnnx, sourceOf, worstError } from './networks';

const SIDE = 112;
const EACH = 3 * SIDE * SIDE;
const TOLERANCE = 1e-4;

const one = (data: Float32Array): { data: Float32Array; dims: number[] } => ({
  data,
  dims: [1, 3, SIDE, SIDE],
});

describe('the MobileFaceNet converters', () => {
  it('arcface-mobilefacenet-512 gives what its original gives', async () => {
    const { model, source } = await sourceOf('arcface-mobilefacenet-512');
    const faces = [1, 2].map((seed) => one(noise(EACH, -1, 1, seed)));
    const expected = await runOnnx(source, ...faces);
    const found = await runOnnx(convertModel(source, model, 'folded'), ...faces);
    found.forEach(({ data, dims }, index) => {
      assert.deepEqual(dims, [1, 512]);
      assert.ok(worstError(data, expected[index]!.data) < TOLERANCE);
    });
  });

  it('arcface-mobilefacenet-192 gives what its original gives', async () => {
    const { model, source } = await sourceOf('arcface-mobilefacenet-192');
    const face = noise(EACH, -1, 1);
    const channelsLast = Float64Array.from(
      { length: EACH },
      (_, at) => face[(at % 3) * SIDE * SIDE + Math.floor(at / 3)]!,
    );
    const [expected] = interpretTflite(readTflite(source), { shape: [1, SIDE, SIDE, 3], data: channelsLast });
    const [found] = await runOnnx(convertModel(source, model, 'folded'), one(face));
    assert.deepEqual(found!.dims, [1, 192]);
    assert.ok(worstError(found!.data, expected!.data) < TOLERANCE);
  });

  for (const id of ['arcface-mobilefacenet-512', 'arcface-mobilefacenet-192']) {
    it(`${id} gives the same in every form of PReLU, and for faces alone or together`, async () => {
      const { model, source } = await sourceOf(id);
      const faces = noise(2 * EACH, -1, 1);
      const both = { data: faces, dims: [2, 3, SIDE, SIDE] };
      const [plain] = await runOnnx(convertModel(source, model, 'plain'), both);
      for (const form of PRELU_FORMS) {
        const [together, alone] = await runOnnx(
          convertModel(source, model, form),
          both,
          one(faces.slice(EACH)),
        );
        assert.ok(worstError(together!.data, plain!.data) < 1e-5, form);
        assert.ok(worstError(alone!.data, together!.data.slice(together!.data.length / 2)) < 1e-5, form);
      }
    });
  }
});
