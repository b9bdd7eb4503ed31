import assert from 'node:assert/strict';
import { applySimilarity, invertSimilarity, type Similarity } from '../../../lib/geometry/similarity';
import { createFrame, type Frame } from '../../../lib/image/frame';
import { warpSquare } from '../../../lib/pixels/warp-square';
import { randomFrame } from '../preprocess/support';

const SIZE = 24;

function paint(width: number, height: number, colour: (x: number, y: number) => number[]): Frame {
  const frame = createFrame(width, height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) frame.data.set(colour(x, y), (y * width + x) * 3);
  return frame;
}

/** Bilinear sampling by definition; pixels outside the frame are black. */
function naive(frame: Frame, transform: Similarity): number[] {
  const inverse = invertSimilarity(transform);
  const at = (x: number, y: number, c: number): number =>
    x < 0 || y < 0 || x >= frame.width || y >= frame.height ? 0 : frame.data[(y * frame.width + x) * 3 + c]!;
  return Array.from({ length: SIZE * SIZE * 3 }, (_, index) => {
    const c = index % 3;
    const u = Math.floor(index / 3) % SIZE;
    const v = Math.floor(index / 3 / SIZE);
    const { x, y } = applySimilarity(inverse, { x: u, y: v });
    const [x0, y0] = [Math.floor(x), Math.floor(y)];
    const row = (top: number): number => at(x0, top, c) * (x0 + 1 - x) + at(x0 + 1, top, c) * (x - x0);
    return row(y0) * (y0 + 1 - y) + row(y0 + 1) * (y - y0);
  });
}

describe('image: warping', () => {
  const cases: Record<string, Similarity> = {
    unchanged: { a: 1, b: 0, tx: 0, ty: 0 },
    enlarged: { a: 2.3, b: 0, tx: -11, ty: -17 },
    turned: { a: 0.8, b: 0.6, tx: 3.5, ty: -9.25 },
    'shrunk to a half': { a: 0.5, b: 0.1, tx: 0.5, ty: 0.25 },
    'half outside the frame': { a: 0.9, b: -0.5, tx: 14, ty: 18 },
    'over the right and lower border': { a: 1, b: 0.2, tx: -40, ty: -30 },
  };
  for (const [name, transform] of Object.entries(cases)) {
    it(`samples a square ${name} as defined`, () => {
      const frame = randomFrame(50, 41);
      const { data } = warpSquare(frame, transform, SIZE);
      naive(frame, transform).forEach((value, index) =>
        assert.ok(Math.abs(data[index]! - value) <= 0.6, `at ${index}: ${data[index]} ≠ ${value}`),
      );
    });
  }

  for (const shrinking of [3, 5, 9]) {
    it(`shows means where it shrinks ${shrinking} times`, () => {
      const side = SIZE * shrinking;
      // Stripes of one pixel: their mean is 100, samples of single pixels would be 0 or 200.
      const stripes = paint(side, side, (x, y) => [(x % 2) * 200, (y % 2) * 200, x]);
      const scale = 1 / shrinking;
      const shift = (scale - 1) / 2;
      const { data } = warpSquare(stripes, { a: scale, b: 0, tx: shift, ty: shift }, SIZE);
      for (let v = 0; v < SIZE; v++)
        for (let u = 0; u < SIZE; u++) {
          const [red, green, blue] = data.subarray((v * SIZE + u) * 3);
          if (u > 0 && v > 0 && u < SIZE - 1 && v < SIZE - 1) {
            assert.ok(Math.abs(red! - 100) <= 1 && Math.abs(green! - 100) <= 1, `${red}, ${green}`);
            // Where a pixel of the square lies in the frame can be read off blue.
            assert.ok(Math.abs(blue! - ((u + 0.5) * shrinking - 0.5)) <= 1.5, `${blue} at ${u}`);
          }
        }
    });
  }

  it('is black where the square lies outside the frame, however far and large', () => {
    const frame = paint(30, 30, () => [255, 255, 255]);
    for (const transform of [
      { a: 1, b: 0, tx: 100, ty: 0 },
      { a: 1, b: 0, tx: 0, ty: -1e6 },
      { a: 1e-4, b: 1e-4, tx: 1, ty: 1 },
      { a: 1e-3, b: 0, tx: 1e5, ty: 1e5 },
    ]) {
      assert.ok(warpSquare(frame, transform, SIZE).data.every((value) => value === 0));
    }
  });
});
