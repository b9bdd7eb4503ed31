import assert from 'node:assert/strict';
import { asImage, createImage } from '../../../../lib/pixels/image';
import { assertClose, at, frameOf, meanDifference, photograph, randomNumbers, run } from '../support';

describe('non-local-means', () => {
  for (const [patchRadius, searchRadius, strength] of [
    [1, 3, 10],
    [2, 2, 20],
  ] as const) {
    it(`agrees with the definition: patches of radius ${patchRadius}, sought within ${searchRadius}`, async () => {
      const frame = await photograph(40, 31);
      const image = asImage(frame);
      const luminance = createImage(40, 31, 1);
      for (let i = 0; i < luminance.data.length; i++) {
        const [red = 0, green = 0, blue = 0] = frame.data.subarray(3 * i);
        luminance.data[i] = (77 * red + 150 * green + 29 * blue + 128) >> 8;
      }
      const offsets = (radius: number): [number, number][] =>
        Array.from({ length: (2 * radius + 1) ** 2 }, (_, i) => [
          (i % (2 * radius + 1)) - radius,
          Math.floor(i / (2 * radius + 1)) - radius,
        ]);
      const expected: number[] = [];
      for (let y = 0; y < 31; y++) {
        for (let x = 0; x < 40; x++) {
          let weights = 0;
          const sums = [0, 0, 0];
          for (const [dx, dy] of offsets(searchRadius)) {
            const squares = offsets(patchRadius).map(
              ([px, py]) =>
                (at(luminance, x + px, y + py, 0) - at(luminance, x + dx + px, y + dy + py, 0)) ** 2,
            );
            const distance = squares.reduce((sum, square) => sum + square, 0) / squares.length;
            const weight = Math.exp(-Math.max(0, distance - 2 * strength ** 2) / strength ** 2);
            weights += weight;
            sums.forEach((_, c) => (sums[c]! += weight * at(image, x + dx, y + dy, c)));
          }
          expected.push(...sums.map((sum) => sum / weights));
        }
      }
      const { data } = run(frame, 'non-local-means', { patchRadius, searchRadius, strength }).frame;
      // Weights are looked up in steps.
      assertClose(data, expected, 3);
      assert.ok(meanDifference(data, expected) < 0.6);
    });
  }

  it('brings a noisy picture nearer to the clean one than a Gaussian can', () => {
    const random = randomNumbers();
    const step = (x: number): number => (x < 40 ? 70 : 170);
    const noisy = frameOf(80, 60, (x) => {
      const level = step(x) + Math.round(30 * (random() + random() + random() - 1.5));
      return [level, level, level];
    });
    const clean = frameOf(80, 60, (x) => [step(x), step(x), step(x)]);
    const denoised = run(noisy, 'non-local-means', { strength: 15, searchRadius: 5 }).frame;
    const blurred = run(noisy, 'gaussian', { sigma: 1.5 }).frame;
    assert.ok(meanDifference(denoised.data, clean.data) < meanDifference(blurred.data, clean.data));
  });
});
