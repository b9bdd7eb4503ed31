import assert from 'node:assert/strict';
import { alignFace } from '../../../lib/face-models/align';
import { directionOf } from '../../../lib/face-models/embedder';
import { measureSharpness } from '../../../lib/face-models/sharpness';
import type { Landmarks } from '../../../lib/core/face';
import { createFrame, type Frame } from '../../../lib/image/frame';
import { randomFrame } from '../preprocess/support';

/** White discs on black where the landmarks are: after alignment they must lie on the template. */
function faceOfDots(
  transform: (x: number, y: number) => [number, number],
  side: number,
  radius: number,
): { frame: Frame; landmarks: Landmarks } {
  const template = [
    [38.2946, 51.6963],
    [73.5318, 51.5014],
    [56.0252, 71.7366],
    [41.5493, 92.3655],
    [70.7299, 92.2041],
  ] as const;
  const frame = createFrame(side, side);
  const points = template.map(([x, y]) => transform(x, y));
  for (const [cx, cy] of points) {
    for (let y = Math.floor(cy - radius); y <= cy + radius; y++)
      for (let x = Math.floor(cx - radius); x <= cx + radius; x++)
        if (Math.hypot(x - cx, y - cy) <= radius)
          frame.data.fill(255, (y * side + x) * 3, (y * side + x) * 3 + 3);
  }
  const [leftEye, rightEye, nose, mouthLeft, mouthRight] = points.map(([x, y]) => ({ x, y }));
  return {
    frame,
    landmarks: {
      leftEye: leftEye!,
      rightEye: rightEye!,
      nose: nose!,
      mouthLeft: mouthLeft!,
      mouthRight: mouthRight!,
    },
  };
}

function centreOfMass({ data, width }: Frame, cx: number, cy: number, reach: number): [number, number] {
  let sum = 0;
  let sumX = 0;
  let sumY = 0;
  for (let y = Math.round(cy - reach); y <= cy + reach; y++)
    for (let x = Math.round(cx - reach); x <= cx + reach; x++) {
      const value = data[(y * width + x) * 3]!;
      sum += value;
      sumX += value * x;
      sumY += value * y;
    }
  return [sumX / sum, sumY / sum];
}

describe('arcface: alignment', () => {
  const cases: Record<string, [(x: number, y: number) => [number, number], number, number]> = {
    'enlarged and moved': [(x, y) => [2 * x + 30, 2 * y + 10], 300, 6],
    'turned by 30 degrees': [(x, y) => [x * 0.866 - y * 0.5 + 80, x * 0.5 + y * 0.866 + 10], 220, 3],
    'four times as large': [(x, y) => [4 * x + 5, 4 * y + 9], 480, 12],
  };
  for (const [name, [transform, side, radius]] of Object.entries(cases)) {
    it(`puts the landmarks of a face ${name} onto the template`, () => {
      const { frame, landmarks } = faceOfDots(transform, side, radius);
      const crop = alignFace(frame, landmarks);
      assert.deepEqual([crop.width, crop.height], [112, 112]);
      const [eyeX, eyeY] = centreOfMass(crop, 38.2946, 51.6963, 6);
      const [mouthX, mouthY] = centreOfMass(crop, 70.7299, 92.2041, 6);
      assert.ok(Math.hypot(eyeX - 38.2946, eyeY - 51.6963) < 0.3, `${eyeX}, ${eyeY}`);
      assert.ok(Math.hypot(mouthX - 70.7299, mouthY - 92.2041) < 0.3, `${mouthX}, ${mouthY}`);
    });
  }

  it('refuses landmarks that coincide', () => {
    const point = { x: 4, y: 4 };
    assert.throws(
      () =>
        alignFace(createFrame(8, 8), {
          leftEye: point,
          rightEye: point,
          nose: point,
          mouthLeft: point,
          mouthRight: point,
        }),
      { code: 'INVALID_ARGUMENT' },
    );
  });
});

describe('arcface: embeddings and sharpness', () => {
  it('scales to unit length and refuses what has no direction', () => {
    assert.deepEqual([...directionOf(Float32Array.of(3, 4))], [Math.fround(0.6), Math.fround(0.8)]);
    assert.throws(() => directionOf(Float32Array.of(0, 0)), { code: 'MODEL_MISMATCH' });
    assert.throws(() => directionOf(Float32Array.of(NaN, 1)), { code: 'MODEL_MISMATCH' });
  });

  it('calls edges sharp, ramps blurred, and a flat square not sharp at all', () => {
    const paint = (value: (x: number, y: number) => number) => {
      const frame = createFrame(112, 112);
      for (let i = 0; i < 112 * 112; i++)
        frame.data.fill(value(i % 112, Math.floor(i / 112)), i * 3, i * 3 + 3);
      return measureSharpness(frame);
    };
    const checks = paint((x, y) => (((x >> 3) + (y >> 3)) % 2 === 0 ? 40 : 200));
    const waves = paint((x) => 120 + 80 * Math.sin(x / 12));
    assert.ok(checks > 0.8 && waves < 0.2, `${checks} ${waves}`);
    assert.equal(
      paint(() => 128),
      0,
    );
  });

  it('is the deviation of the Laplacian over that of the luminance', () => {
    const frame = randomFrame(19, 11);
    const luminance = (x: number, y: number): number => {
      const [red, green, blue] = frame.data.subarray((y * 19 + x) * 3);
      return 0.299 * red! + 0.587 * green! + 0.114 * blue!;
    };
    const inside = Array.from({ length: 17 * 9 }, (_, i) => [1 + (i % 17), 1 + Math.floor(i / 17)] as const);
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const values = inside.map(([x, y]) => luminance(x, y));
    const variance = mean(values.map((value) => value ** 2)) - mean(values) ** 2;
    const laplacians = inside.map(
      ([x, y]) =>
        luminance(x - 1, y) +
        luminance(x + 1, y) +
        luminance(x, y - 1) +
        luminance(x, y + 1) -
        4 * luminance(x, y),
    );
    const ratio = Math.sqrt(mean(laplacians.map((value) => value ** 2)) / variance);
    assert.ok(Math.abs(measureSharpness(frame) - ratio / (ratio + 0.1)) < 1e-4);
  });

  it('does not depend on contrast', () => {
    const paint = (contrast: number) => {
      const frame = createFrame(112, 112);
      for (let i = 0; i < 112 * 112; i++)
        frame.data.fill(128 + contrast * (((i % 112) >> 2) % 2 === 0 ? 1 : -1), i * 3, i * 3 + 3);
      return measureSharpness(frame);
    };
    assert.ok(Math.abs(paint(20) - paint(100)) < 0.01);
  });
});
