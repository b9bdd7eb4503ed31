import assert from 'node:assert/strict';
import { gaussianBlur } from '../../../lib/pixels/gaussian';
import { asImage, createImage, type Image } from '../../../lib/pixels/image';
import { assertClose, at, meanDifference, photograph, randomFrame } from '../preprocess/support';

/** The definition, in floating point, over four standard deviations. */
function slowGaussian(source: Image, sigma: number): Float64Array {
  const reach = Math.ceil(4 * sigma);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const { width, height, channels } = source;
  const rows = new Float64Array(source.data.length);
  const result = new Float64Array(source.data.length);
  const each = (work: (x: number, y: number, c: number, i: number) => void): void => {
    for (let i = 0; i < source.data.length; i++) {
      const place = Math.floor(i / channels);
      work(place % width, Math.floor(place / width), i % channels, i);
    }
  };
  each((x, y, c, i) => {
    rows[i] = weights.reduce((total, weight, k) => total + weight * at(source, x + k - reach, y, c), 0) / sum;
  });
  each((x, y, c, i) => {
    const column = (row: number): number =>
      rows[(Math.min(height - 1, Math.max(0, row)) * width + x) * channels + c]!;
    result[i] = weights.reduce((total, weight, k) => total + weight * column(y + k - reach), 0) / sum;
  });
  return result;
}

function blurred(source: Image, sigma: number): Image {
  const target = createImage(source.width, source.height, source.channels);
  gaussianBlur(source, target, sigma);
  return target;
}

/** The values farther than `margin` pixels from the border. */
function inner({ width, height, channels }: Image, values: ArrayLike<number>, margin: number): number[] {
  return Array.from(values).filter((_, i) => {
    const x = Math.floor(i / channels) % width;
    const y = Math.floor(i / channels / width);
    return Math.min(x, y, width - 1 - x, height - 1 - y) >= margin;
  });
}

describe('gaussianBlur', () => {
  for (const [sigma, tolerance] of [
    [0.5, 1.5],
    [1, 1.5],
    [2.5, 2.5],
    [3.5, 2.5],
    [7, 2.5],
    [15, 2.5],
  ] as const) {
    it(`agrees with the definition for a standard deviation of ${sigma}`, async () => {
      const photo = asImage(await photograph(150, 110));
      // Wide kernels see a coarser border: a block of pixels in place of the last one.
      const margin = sigma > 3 ? Math.ceil(2.5 * sigma) : 0;
      const expected = inner(photo, slowGaussian(photo, sigma), margin);
      assertClose(Uint8Array.from(inner(photo, blurred(photo, sigma).data, margin)), expected, tolerance);
    });
  }

  it('takes as much from noise as the definition', () => {
    const noise = asImage(randomFrame(120, 90));
    for (const sigma of [1.5, 5]) {
      const margin = 3 * sigma;
      const expected = inner(noise, slowGaussian(noise, sigma), margin);
      assert.ok(meanDifference(inner(noise, blurred(noise, sigma).data, margin), expected) < 0.6);
    }
  });

  it('leaves an even image as it is, at every level', () => {
    for (const level of [0, 1, 127, 254, 255]) {
      const even = { data: new Uint8Array(50 * 30).fill(level), width: 50, height: 30, channels: 1 };
      for (const sigma of [0.3, 3, 20]) assertClose(blurred(even, sigma).data, even.data, 0);
    }
  });

  it('blurs images smaller than its kernel', () => {
    const tiny = { data: Uint8Array.of(0, 255), width: 2, height: 1, channels: 1 };
    assertClose(blurred(tiny, 50).data, [127, 128], 6);
  });
});
