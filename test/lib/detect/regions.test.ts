import assert from 'node:assert/strict';
import type { Box, Face } from '../../../lib/core/face';
import { createFrame, type Frame } from '../../../lib/image/frame';
import type { Detector } from '../../../lib/detect/detector';
import { largestFaces } from '../../../lib/detect/select';
import { toDetectOptions } from '../../../lib/detect/mtcnn/options';
import { detectInRegions } from '../../../lib/detect/regions';
import { face, square } from '../tracking/synthetic';

/** Finds one face as large as the frame that it is given. */
function wholeFrameDetector(seen: Frame[]): Detector {
  const detect = (frame: Frame): Promise<Face[]> => {
    seen.push(frame);
    const { width, height } = frame;
    return Promise.resolve([face({ x: 0, y: 0, width, height }, { confidence: 0.8 + width / 1000 })]);
  };
  return { detect };
}

describe('detection in regions', () => {
  const frame = createFrame(64, 48);
  frame.data.forEach((_, index) => (frame.data[index] = index % 251));
  const regions: Box[] = [square(4, 6, 10), { x: 30, y: 20, width: 20, height: 12 }];

  it('looks only there and answers in pixels of the frame, most confident first', async () => {
    const seen: Frame[] = [];
    const faces = await detectInRegions(wholeFrameDetector(seen), frame, regions, toDetectOptions());
    assert.deepEqual(
      faces.map(({ box }) => box),
      [regions[1], regions[0]],
    );
    assert.deepEqual(faces[1]!.landmarks, face(regions[0]!).landmarks);
    assert.deepEqual(
      seen.map(({ width, height }) => [width, height]),
      [
        [10, 10],
        [20, 12],
      ],
    );
    const start = (6 * 64 + 4) * 3;
    assert.deepEqual([...seen[0]!.data.subarray(0, 30)], [...frame.data.subarray(start, start + 30)]);
  });

  it('finds nothing where it may look nowhere', async () => {
    const seen: Frame[] = [];
    assert.deepEqual(await detectInRegions(wholeFrameDetector(seen), frame, [], toDetectOptions()), []);
    assert.equal(seen.length, 0);
  });
});

describe('largest faces', () => {
  const faces = [square(0, 0, 10), square(20, 0, 30), square(60, 0, 20)].map((box) => face(box));
  const sizes = (most: number): number[] => largestFaces(faces, most).map(({ box }) => box.width);

  it('are kept in the order in which they came', () => {
    assert.deepEqual(sizes(2), [30, 20]);
    assert.deepEqual(sizes(1), [30]);
  });

  it('are all of them where there are no more, or 0 asks for all', () => {
    assert.deepEqual(sizes(3), [10, 30, 20]);
    assert.deepEqual(sizes(0), [10, 30, 20]);
  });
});
