import assert from 'node:assert/strict';
import type { Box, Face } from '../../../lib/core/face';
import { describeDetector, openDetector, toDetectorOptions } from '../../../lib/detect/open';
import { detectInRegions } from '../../../lib/detect/regions';
import { largestFaces } from '../../../lib/detect/select';
import type { Detector } from '../../../lib/detect/detector';
import { decodeImage } from '../../../lib/image/decode';
import { createFrame, type Frame } from '../../../lib/image/frame';
import { openNetwork } from '../../../lib/inference/backends/onnxruntime';
import type { Network } from '../../../lib/inference/network';
import { DEFAULT_DETECTOR, findDetectModel, findDetector, readManifest } from '../../../lib/models/manifest';
import { samplePhoto } from '../../support/images';

describe('ultraface on a photograph', () => {
  const manifest = readManifest();
  const networks: Network[] = [];
  let photo: Frame;
  let ultraface: Detector;
  let mtcnn: Detector;

  const open = (id: string) =>
    openDetector(
      findDetector(manifest.detectors, id),
      async (networkId) => {
        const model = findDetectModel(manifest, networkId);
        const network = await openNetwork(model.path, { provider: 'cpu', threads: 1 });
        networks.push(network);
        return { model, network };
      },
      'cpu',
    );
  const options = (id: string, given = {}) =>
    toDetectorOptions(describeDetector(findDetector(manifest.detectors, id)), given);

  before(async () => {
    photo = await decodeImage(samplePhoto(1));
    [ultraface, mtcnn] = [await open('ultraface'), await open(DEFAULT_DETECTOR)];
  });
  after(() => Promise.all(networks.map((network) => network.release())));

  it('finds the faces that MTCNN finds, with landmarks on the same places', async () => {
    const theirs = await mtcnn.detect(photo, options(DEFAULT_DETECTOR, { minFaceSize: 80 }));
    const ours = await ultraface.detect(photo, options('ultraface', { minFaceSize: 80 }));
    assert.ok(theirs.length >= 3);
    assert.equal(ours.length, theirs.length);
    for (const face of theirs) {
      const { landmarks, quality, confidence } = nearest(ours, face.box);
      assert.ok(confidence >= 0.7 && confidence <= 1);
      for (const name of ['leftEye', 'rightEye', 'nose', 'mouthLeft', 'mouthRight'] as const) {
        const { x, y } = landmarks[name];
        const distance = Math.hypot(x - face.landmarks[name].x, y - face.landmarks[name].y);
        assert.ok(distance < 0.08 * quality.size, `${name} lies ${distance.toFixed(1)} pixels away`);
      }
    }
  });

  it('finds in a large picture what only tiles show large enough', async () => {
    const small = await decodeImage(samplePhoto(1), {}, { width: 640, height: 360 });
    const face = (await ultraface.detect(small, options('ultraface')))[0]!.box;
    // In the middle of a frame in whose whole view its faces are a few pixels.
    const large = createFrame(small.width * 8, small.height * 8);
    const corner = { x: 3 * small.width, y: 3 * small.height };
    for (let row = 0; row < small.height; row++) {
      const pixels = small.data.subarray(row * small.width * 3, (row + 1) * small.width * 3);
      large.data.set(pixels, ((row + corner.y) * large.width + corner.x) * 3);
    }
    const inWhole = await ultraface.detect(large, options('ultraface', { minFaceSize: 1000 }));
    assert.equal(inWhole.length, 0);
    const tiled = await ultraface.detect(large, options('ultraface', { minFaceSize: 60 }));
    const { box } = nearest(tiled, { ...face, x: face.x + corner.x, y: face.y + corner.y });
    assert.ok(Math.abs(box.x - corner.x - face.x) < 0.15 * face.width, `at ${box.x}`);
    assert.ok(Math.abs(box.width - face.width) < 0.3 * face.width, `${box.width} wide`);
  });

  it('works in regions, and finds nothing in nothing', async () => {
    const [first] = largestFaces(await ultraface.detect(photo, options('ultraface')), 1);
    const { x, y, width, height } = first!.box;
    const region = {
      x: Math.max(0, Math.floor(x - width / 2)),
      y: Math.max(0, Math.floor(y - height / 2)),
      width: Math.round(2 * width),
      height: Math.round(2 * height),
    };
    const found = await detectInRegions(ultraface, photo, [region], options('ultraface'));
    assert.ok(Math.abs(nearest(found, first!.box).box.x - x) < 0.15 * width);
    assert.deepEqual(await ultraface.detect(createFrame(320, 240), options('ultraface')), []);
    assert.deepEqual(await ultraface.detect(createFrame(1, 1), options('ultraface')), []);
  });
});

function nearest(faces: readonly Face[], { x, y }: Box): Face {
  const distance = ({ box }: Face): number => Math.hypot(box.x - x, box.y - y);
  return [...faces].sort((a, b) => distance(a) - distance(b))[0]!;
}
