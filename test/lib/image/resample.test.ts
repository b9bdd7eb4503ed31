import assert from 'node:assert/strict';
import { createFrame } from '../../../lib/image/frame';
import { KernelMemory } from '../../../lib/image/kernels';
import { AreaResampler } from '../../../lib/image/resample';

function noiseFrame(width: number, height: number) {
  const frame = createFrame(width, height);
  let state = 1;
  for (let i = 0; i < frame.data.length; i++) frame.data[i] = (state = (state * 48271) % 2147483647) & 255;
  return frame;
}

/** The mean over the rectangle that an output pixel covers, by definition. */
function naive(frame: ReturnType<typeof noiseFrame>, width: number, height: number): number[] {
  const out: number[] = [];
  const covered = (i: number, from: number, to: number, k: number) =>
    Math.max(0, Math.min(k + 1, ((i + 1) * from) / to) - Math.max(k, (i * from) / to));
  for (let c = 0; c < 3; c++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        let sum = 0;
        let area = 0;
        for (let v = 0; v < frame.height; v++)
          for (let u = 0; u < frame.width; u++) {
            const share = covered(y, frame.height, height, v) * covered(x, frame.width, width, u);
            sum += share * frame.data[(v * frame.width + u) * 3 + c]!;
            area += share;
          }
        out.push(sum / area);
      }
  return out;
}

/** The frame, shrunk from its bytes, and shrunk again from the planes of its own size. */
function shrink(
  frame: ReturnType<typeof noiseFrame>,
  width: number,
  height: number,
): { bytes: Float32Array; planes: Float32Array } {
  const memory = new KernelMemory();
  const frameAt = memory.allocate(frame.data.length);
  const same = new AreaResampler(memory, frame, frame);
  const resampler = new AreaResampler(memory, frame, { width, height });
  memory.bytes(frameAt, frame.data.length).set(frame.data);
  resampler.fromBytes(frameAt);
  const bytes = memory.floats(resampler.targetAt, width * height * 3).slice();
  same.fromBytes(frameAt);
  resampler.fromPlanes(same.targetAt);
  return { bytes, planes: memory.floats(resampler.targetAt, width * height * 3).slice() };
}

function assertClose(actual: Float32Array, expected: number[]): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, index) =>
    assert.ok(Math.abs(actual[index]! - value) < 0.01, `at ${index}: ${actual[index]} ≠ ${value}`),
  );
}

describe('image: area resampling', () => {
  for (const [width, height] of [
    [7, 5],
    [10, 9],
    [20, 14],
    [1, 1],
  ] as const) {
    it(`averages 20 × 14 to ${width} × ${height} as defined, from bytes and from planes`, () => {
      const frame = noiseFrame(20, 14);
      const { bytes, planes } = shrink(frame, width, height);
      assertClose(bytes, naive(frame, width, height));
      assertClose(planes, naive(frame, width, height));
    });
  }

  it('keeps the mean of a picture', () => {
    const frame = noiseFrame(64, 48);
    const { bytes: target } = shrink(frame, 17, 11);
    const mean = (values: ArrayLike<number>) =>
      Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
    assert.ok(Math.abs(mean(target) - mean(frame.data)) < 0.01);
  });
});
