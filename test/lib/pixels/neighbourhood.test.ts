import { asImage, createImage, type Image } from '../../../lib/pixels/image';
import { convolve, medianFilter } from '../../../lib/pixels/neighbourhood';
import { assertClose, at, imageOf, randomFrame } from '../preprocess/support';

/** Sizes around the 16 bytes of a register and the rows of a band, and as small as can be. */
const SIZES = [
  [1, 1],
  [2, 7],
  [5, 3],
  [16, 16],
  [37, 21],
  [700, 300],
] as const;

function like({ width, height, channels }: Image): Image {
  return createImage(width, height, channels);
}

function slowMedian(source: Image, radius: number): Image {
  const side = 2 * radius + 1;
  const offsets = Array.from({ length: side * side }, (_, i) => [
    (i % side) - radius,
    Math.floor(i / side) - radius,
  ]);
  return imageOf(source, (x, y, c) => {
    const values = offsets.map(([dx, dy]) => at(source, x + dx!, y + dy!, c)).sort((a, b) => a - b);
    return values[(values.length - 1) / 2]!;
  });
}

function slowConvolution(source: Image, weights: readonly number[]): Image {
  const along = (image: Image, dx: number, dy: number): Image =>
    imageOf(image, (x, y, c) => {
      let sum = weights[0]! * at(image, x, y, c);
      for (let k = 1; k < weights.length; k++) {
        sum += weights[k]! * (at(image, x - k * dx, y - k * dy, c) + at(image, x + k * dx, y + k * dy, c));
      }
      return Math.floor((sum + 128) / 256);
    });
  return along(along(source, 1, 0), 0, 1);
}

describe('neighbourhood filters', () => {
  for (const [width, height] of SIZES) {
    for (const radius of [1, 2]) {
      it(`takes the median over ${2 * radius + 1} × ${2 * radius + 1} pixels of ${width} × ${height}`, () => {
        const source = asImage(randomFrame(width, height));
        const target = like(source);
        medianFilter(source, target, radius);
        assertClose(target.data, slowMedian(source, radius).data, 0);
      });
    }

    it(`convolves frames and planes of ${width} × ${height}`, () => {
      const frame = asImage(randomFrame(width, height));
      const plane = { ...createImage(width, height, 1), data: frame.data.slice(0, width * height) };
      for (const source of [frame, plane]) {
        for (const weights of [
          [128, 64],
          [56, 40, 30, 20, 10],
          [76, 30, 20, 10, 9, 8, 7, 3, 2, 1],
        ]) {
          const target = like(source);
          convolve(source, target, weights);
          assertClose(target.data, slowConvolution(source, weights).data, 0);
        }
      }
    });
  }
});
