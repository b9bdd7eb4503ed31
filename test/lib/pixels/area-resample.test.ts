import assert from 'node:assert/strict';
import type { Frame } from '../../../lib/image/frame';
import { KernelMemory } from '../../../lib/pixels/kernel-memory';
import { allocateImage, AreaResampler } from '../../../lib/pixels/area-resample';
import { randomFrame } from '../preprocess/support';

/** The mean over the rectangle that an output pixel covers, by definition. */
function naive(frame: Frame, width: number, height: number): number[] {
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

/** The frame, shrunk from its bytes, and shrunk from the words of its own size. */
function shrink(frame: Frame, width: number, height: number): { bytes: Float32Array; words: Float32Array } {
  const memory = new KernelMemory();
  const image = allocateImage(memory, frame, 'bytes');
  const same = new AreaResampler(memory, image, frame);
  const resamplers = {
    bytes: new AreaResampler(memory, image, { width, height }),
    words: new AreaResampler(memory, same.result, { width, height }),
  };
  memory.bytes(image.at, frame.data.length).set(frame.data);
  same.run();
  const run = (resampler: AreaResampler): Float32Array => {
    resampler.run();
    return memory.floats(resampler.parts[0]!.at, width * height * 3).slice();
  };
  return { bytes: run(resamplers.bytes), words: run(resamplers.words) };
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
    it(`averages 20 × 14 to ${width} × ${height} as defined, from bytes and from words`, () => {
      const frame = randomFrame(20, 14);
      const { bytes, words } = shrink(frame, width, height);
      assertClose(bytes, naive(frame, width, height));
      assertClose(words, naive(frame, width, height));
    });
  }

  it('keeps the mean of a picture', () => {
    const frame = randomFrame(64, 48);
    const { bytes: target } = shrink(frame, 17, 11);
    const mean = (values: ArrayLike<number>) =>
      Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
    assert.ok(Math.abs(mean(target) - mean(frame.data)) < 0.01);
  });
});
