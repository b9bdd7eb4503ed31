import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine } from '../../../lib/engine/engine';
import { alignFace } from '../../../lib/face-models/align';
import { cropFace, enlarged } from '../../../lib/face-models/face-crop';
import { readFaces } from '../../../lib/face-models/reading';
import { createFrame } from '../../../lib/image/frame';
import type { Network } from '../../../lib/inference/network';
import type { FaceModel } from '../../../lib/models/manifest';
import { PROJECT, samplePhoto } from '../../support/images';
import { face, square } from '../tracking/synthetic';
import { needs } from '../../support/needs';

const NETWORKS = join(PROJECT, '..', 'shared', 'data', 'networks');
const input = { width: 4, height: 4, colour: 'RGB', mean: 0, scale: 1 } as const;
const model: FaceModel = {
  ...{ id: 'mood', title: 'Mood', file: 'mood.onnx', path: '/mood.onnx', input },
  crop: { box: 2 },
  output: { labels: ['dark', 'bright'], activation: 'softmax' },
};

/** Gives for each crop 0 and the logarithm of its first red value. */
function brightness(shapes: number[][]): Network {
  return {
    inputs: { face: [undefined, 3, 4, 4] },
    outputs: { mood: [undefined, 2] },
    busyMs: 0,
    run({ face: crops }) {
      const { data, dims } = crops!;
      shapes.push([...dims]);
      const rows = Array.from({ length: dims[0]! }, (_, row) => [0, Math.log(data[row * 48]!)]);
      return Promise.resolve({ mood: { data: Float32Array.from(rows.flat()), dims: [rows.length, 2] } });
    },
    release: () => Promise.resolve(),
  };
}

describe('face models', () => {
  it('see the box so many times as large, moved into the frame and shrunk to it', () => {
    const frame = { width: 100, height: 80 };
    assert.deepEqual(enlarged({ x: 40, y: 30, width: 10, height: 20 }, 2, frame), {
      ...{ x: 35, y: 20, width: 20, height: 40 },
    });
    assert.deepEqual(enlarged(square(0, 60, 20), 2, frame), square(0, 40, 40));
    assert.deepEqual(enlarged({ x: 40, y: 10, width: 30, height: 60 }, 4, frame), {
      ...{ x: 35, y: 0, width: 40, height: 80 },
    });
  });

  it('see a face on the template as an embedder does', () => {
    const frame = createFrame(64, 64);
    frame.data.forEach((_, index) => (frame.data[index] = (index * 37) & 255));
    const seen = face(square(10, 10, 40));
    const crop = cropFace(frame, seen, { template: 'arcface' }, { width: 112, height: 112 });
    assert.deepEqual([...crop.data], [...alignFace(frame, seen.landmarks, 112).data]);
  });

  it('name what the network gives for each face, in batches', async () => {
    const frame = createFrame(400, 40);
    const faces = Array.from({ length: 10 }, (_, index) => face(square(index * 40 + 10, 10, 20)));
    // Each face's surroundings are of one level.
    for (let at = 0; at < frame.data.length; at++) frame.data[at] = 1 + Math.floor(((at / 3) % 400) / 40);
    const shapes: number[][] = [];
    const readings = await readFaces(frame, faces, model, brightness(shapes));
    assert.deepEqual(shapes, [
      [8, 3, 4, 4],
      [2, 3, 4, 4],
    ]);
    readings.forEach(({ dark, bright }, index) => {
      const level = index + 1;
      assert.ok(Math.abs(bright! - level / (1 + level)) < 1e-6, `${bright}`);
      assert.ok(Math.abs(dark! + bright! - 1) < 1e-9);
    });
    const plain = { ...model, output: { ...model.output, activation: 'none' } } as const;
    const [first] = await readFaces(frame, faces.slice(1, 2), plain, brightness([]));
    assert.ok(Math.abs(first!['bright']! - Math.log(2)) < 1e-6);
    assert.deepEqual(await readFaces(frame, [], model, brightness([])), []);
  });

  it('attach to a face, any number of them, by their ids', async function () {
    const files = ['minifasnet-v2-2.7.onnx', 'minifasnet-v1se-4.0.onnx'].map((name) => join(NETWORKS, name));
    const there = files.every((file) => existsSync(file));
    needs(this, 'evaluation-data', there ? undefined : 'the networks of the evaluation are not there');
    const folder = mkdtempSync(join(tmpdir(), 'arcflow-face-models-'));
    const manifest = join(folder, 'models.json');
    const models = files.map((file, index) => ({
      ...{ id: `live-${index}`, task: 'face', file, crop: { box: [2.7, 4][index] } },
      input: { width: 80, height: 80, colour: 'BGR', mean: 0, scale: 1 },
      output: { labels: ['print', 'live', 'screen'], activation: 'softmax' },
    }));
    writeFileSync(manifest, JSON.stringify({ version: 1, models }));
    const engine = new Engine({ provider: 'cpu', threads: 1, manifest });
    try {
      const { frame, faces } = await engine.call('detect', samplePhoto(1), {}, { minFaceSize: 80 });
      const readings = await engine.call('readFaces', frame, faces, ['live-0', 'live-1']);
      assert.equal(readings.length, faces.length);
      for (const reading of readings) {
        assert.deepEqual(Object.keys(reading), ['live-0', 'live-1']);
        for (const values of Object.values(reading)) {
          assert.deepEqual(Object.keys(values), ['print', 'live', 'screen']);
          const sum = Object.values(values).reduce((total, value) => total + value, 0);
          assert.ok(Math.abs(sum - 1) < 1e-6);
        }
      }
      await assert.rejects(engine.call('readFaces', frame, faces, ['age']), {
        code: 'MODEL_MISSING',
        message: 'No face model age is known; there are live-0, live-1',
      });
    } finally {
      await engine.close();
      rmSync(folder, { recursive: true });
    }
  });
});
