import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenedNetwork } from '../../../lib/detect/detector';
import { detectorKinds } from '../../../lib/detect/kinds';
import { decode } from '../../../lib/detect/kinds/ultraface';
import { DEFAULT_DETECT_OPTIONS } from '../../../lib/detect/mtcnn/options';
import { describeDetector, networkIds, openDetector, toDetectorOptions } from '../../../lib/detect/open';
import { MAX_FACES, MIN_CONFIDENCE, MIN_FACE_SIZE } from '../../../lib/detect/options';
import type { Network, Tensors } from '../../../lib/inference/network';
import { findDetectModel, findDetector, readManifest } from '../../../lib/models/manifest';
import { PROJECT } from '../../support/images';
import { catalogueOf, LANGUAGES, loadPage } from '../../support/node-folder';

const entry = { id: 'own', title: 'Own', kind: 'ultraface', networks: { faces: 'ultraface-rfb-320' } };

/** A network of 320 × 240 that gives these outputs, whatever it is shown. */
function fakeNetwork(outputs: Tensors, shape = [1, 3, 240, 320]): Network {
  return {
    inputs: { input: shape },
    outputs: {},
    busyMs: 0,
    run: () => Promise.resolve(outputs),
    release: () => Promise.resolve(),
  };
}

function load(network: Network) {
  return (id: string): Promise<OpenedNetwork> =>
    Promise.resolve({ model: findDetectModel(readManifest(), id), network });
}

describe('detector kinds', () => {
  const ids = detectorKinds().map(({ id }) => id);

  it('are read from their folder, one for each file', () => {
    const files = readdirSync(join(PROJECT, 'lib', 'detect', 'kinds'));
    assert.deepEqual(
      ids.map((id) => `${id}.ts`),
      files.sort(),
    );
    assert.ok(ids.includes('mtcnn') && ids.includes('ultraface'));
  });

  it('have the options of every detector, defaults within their ranges, and words for each in the dialog', () => {
    const { defaults } = loadPage('mtcnn-detect').definition;
    for (const { id, options } of detectorKinds()) {
      for (const common of [MIN_FACE_SIZE, MAX_FACES, MIN_CONFIDENCE])
        assert.ok(options.includes(common), `${common.name} of ${id}`);
      toDetectorOptions({ id, options }, toDetectorOptions({ id, options }, {}));
      for (const { name } of options.filter((option) => !(option.name in defaults)))
        for (const language of LANGUAGES)
          for (const group of ['setting', 'explain'])
            assert.ok(catalogueOf('mtcnn-detect', language).has(`mtcnn-detect.${group}.${name}`), name);
    }
  });

  it('find what the manifest names: shipped detectors have all their networks', () => {
    const { detectors } = readManifest();
    assert.deepEqual(
      detectors.map((detector) => networkIds(detector)),
      [
        { pnet: 'mtcnn-pnet', rnet: 'mtcnn-rnet', onet: 'mtcnn-onet' },
        { faces: 'ultraface-rfb-320', onet: 'mtcnn-onet' },
      ],
    );
    assert.deepEqual(
      toDetectorOptions(describeDetector(findDetector(detectors, 'mtcnn')), {}),
      DEFAULT_DETECT_OPTIONS,
    );
  });

  it('take their own network beside a shipped one that the manifest leaves out', () => {
    assert.deepEqual(networkIds(entry), { faces: 'ultraface-rfb-320', onet: 'mtcnn-onet' });
  });

  it('refuse by name an unknown kind, a network without use, a missing one, and a stray option', () => {
    assert.throws(() => describeDetector({ ...entry, kind: 'yolo' }), {
      code: 'INVALID_ARGUMENT',
      message: `Expected one of ${ids.join(', ')} for kind of detector own but received "yolo"`,
    });
    assert.throws(() => networkIds({ ...entry, networks: { faces: 'a', pnet: 'b' } }), {
      message: 'Expected one of faces, onet for a key in networks of detector own but received "pnet"',
    });
    assert.throws(() => networkIds({ ...entry, networks: {} }), {
      message: 'Expected a non-empty string for networks.faces of detector own but received null',
    });
    assert.throws(() => toDetectorOptions(describeDetector(entry), { threshold1: 0.5 }), {
      message:
        'Expected only minFaceSize, score, overlap, confirm, maxFaces, minConfidence for options of detector own but received "threshold1"',
    });
    assert.throws(() => toDetectorOptions(describeDetector(entry), { score: 2 }), {
      message: 'Expected a number between 0.01 and 0.999 for score but received 2',
    });
  });

  it('refuse a network whose file is not as declared, and one that gives something else', async () => {
    await assert.rejects(openDetector(entry, load(fakeNetwork({}, [1, 3, 480, 640])), 'cpu'), {
      code: 'MODEL_MISMATCH',
      message:
        'Model ultraface-rfb-320 declares input [1, 3, 240, 320] but its file ultraface-rfb-320.onnx has [1, 3, 480, 640]',
    });
    const prediction = { data: new Float32Array(5), dims: [1, 5] };
    await assert.rejects(openDetector(entry, load(fakeNetwork({ prediction })), 'cpu'), {
      code: 'MODEL_MISMATCH',
      message:
        'Expected scores [1, n, 2] and boxes [1, n, 4] of an ultraface network but it gives prediction [1, 5]',
    });
    const unnormalised = { ...entry, networks: { faces: 'ultraface-rfb-320', onet: 'ultraface-rfb-320' } };
    await assert.rejects(openDetector(unnormalised, load(fakeNetwork({})), 'cpu'), {
      message: 'Expected 0 (pixels as they are) for input.mean of model ultraface-rfb-320 but received 127',
    });
  });

  it('know what their files need: ultraface its boxes as shares of the picture', async () => {
    const scores = { data: Float32Array.of(0.1, 0.9, 0.8, 0.2), dims: [1, 2, 2] };
    const raw = { data: Float32Array.of(0, 0, -0.5, -0.5, 0.2, 0.2, 0.1, 0.1), dims: [1, 2, 4] };
    await assert.rejects(openDetector(entry, load(fakeNetwork({ scores, boxes: raw })), 'cpu'), {
      code: 'MODEL_MISMATCH',
      message: /corners/,
    });
  });

  it('read ultraface: corners in pixels of the input, the class of masks counting as a face', () => {
    const boxes = { data: Float32Array.of(0.25, 0.5, 0.5, 0.75, 0, 0, 1, 1), dims: [1, 2, 4] };
    const scores = { data: Float32Array.of(0.25, 0.25, 0.5, 0.75, 0.25, 0), dims: [1, 2, 3] };
    assert.deepEqual(decode({ a: boxes, b: scores }, { width: 320, height: 240 }, 0.5), [
      { x1: 80, y1: 120, x2: 160, y2: 180, score: 0.75 },
    ]);
  });
});
