import assert from 'node:assert/strict';
import { createFrame, type Frame } from '../../../lib/image/frame';
import { resample } from '../../../lib/pixels/triangle-resample';
import { mirror, placesOfHomography, placesOfLens, warp } from '../../../lib/pixels/warp';
import { about, distort, invert, project, rotation, type Homography } from '../../../lib/geometry/transform';
import type { Point } from '../../../lib/core/face';
import { assertClose, photograph, randomFrame } from '../preprocess/support';

/** The pixel under a place in continuous coordinates, as the definition has it; black outside. */
function colourAt({ data, width, height }: Frame, { x, y }: Point, channel: number): number {
  if (x < 0 || y < 0 || x > width || y > height) return 0;
  const column = Math.min(width - 1, Math.max(0, x - 0.5));
  const row = Math.min(height - 1, Math.max(0, y - 0.5));
  const [left, top] = [Math.floor(column), Math.floor(row)];
  const value = (i: number, j: number): number =>
    data[(Math.min(height - 1, j) * width + Math.min(width - 1, i)) * 3 + channel]!;
  const [fx, fy] = [column - left, row - top];
  const upper = value(left, top) * (1 - fx) + value(left + 1, top) * fx;
  const lower = value(left, top + 1) * (1 - fx) + value(left + 1, top + 1) * fx;
  return upper * (1 - fy) + lower * fy;
}

function slowWarp(source: Frame, target: Frame, place: (point: Point) => Point): number[] {
  return Array.from(target.data, (_, i) => {
    const pixel = Math.floor(i / 3);
    const [x, y] = [pixel % target.width, Math.floor(pixel / target.width)];
    return colourAt(source, place({ x: x + 0.5, y: y + 0.5 }), i % 3);
  });
}

/** Share of the values that are farther off than a place's rounding to 1/256 pixel explains. */
function shareOff(actual: Frame, expected: readonly number[]): number {
  return expected.filter((value, i) => Math.abs(actual.data[i]! - value) > 2.5).length / expected.length;
}

describe('warp', () => {
  const sizes = [
    [1, 1, 1, 1],
    [3, 2, 5, 4],
    [40, 30, 33, 47],
    [150, 230, 290, 140],
  ] as const;
  for (const [width, height, toWidth, toHeight] of sizes) {
    it(`samples ${width} × ${height} pixels into ${toWidth} × ${toHeight} as defined`, () => {
      const source = randomFrame(width, height);
      const tilted: Homography = [0.9, -0.3, 4, 0.2, 1.1, -3, 0.0004, 0.0002, 1];
      const turned = about({ x: width / 2, y: height / 2 }, rotation(33));
      for (const matrix of [tilted, turned]) {
        const target = createFrame(toWidth, toHeight);
        warp(source, target, placesOfHomography(matrix));
        const inverse = invert(matrix);
        const expected = slowWarp(source, target, (point) => project(inverse, point));
        // At the outer border a place that is rounded outwards is black.
        assert.ok(shareOff(target, expected) < 0.01);
      }
    });
  }

  it('bends as the lens does', () => {
    const source = randomFrame(160, 90);
    const lens = { focal: 150, centre: { x: 77, y: 46 }, k1: -0.3, k2: 0.1, k3: -0.02, p1: 0.01, p2: -0.02 };
    const target = createFrame(160, 90);
    warp(source, target, placesOfLens(lens));
    const expected = slowWarp(source, target, (point) => distort(lens, point));
    assert.ok(shareOff(target, expected) < 0.01);
  });

  it('keeps every pixel when it moves by whole ones, and leaves black behind', () => {
    const source = randomFrame(20, 10, 1);
    const target = createFrame(20, 10);
    warp(source, target, placesOfHomography([1, 0, 3, 0, 1, 2, 0, 0, 1]));
    const expected = Array.from(target.data, (_, i) => {
      const [x, y] = [(Math.floor(i / 3) % 20) - 3, Math.floor(i / 60) - 2];
      return x < 0 || y < 0 ? 0 : source.data[(y * 20 + x) * 3 + (i % 3)]!;
    });
    assertClose(target.data, expected, 0);
  });
});

describe('mirror', () => {
  for (const width of [1, 2, 5, 6, 7, 11, 64, 301]) {
    it(`swaps left and right of ${width} columns`, () => {
      const source = randomFrame(width, 120);
      const target = createFrame(width, 120);
      mirror(source, target);
      const expected = Array.from(target.data, (_, i) => {
        const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
        return source.data[(y * width + width - 1 - x) * 3 + (i % 3)]!;
      });
      assertClose(target.data, expected, 0);
    });
  }
});

describe('resample', () => {
  /** The weighted mean under a triangle, along one axis, at output i. */
  function weightsOf(from: number, to: number, i: number): number[] {
    const radius = Math.max(1, from / to);
    const centre = ((i + 0.5) * from) / to - 0.5;
    const weights = Array.from({ length: from }, (_, k) => Math.max(0, 1 - Math.abs(k - centre) / radius));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => weight / sum);
  }

  for (const [width, height, toWidth, toHeight] of [
    [1, 1, 4, 3],
    [2, 3, 1, 1],
    [60, 41, 60, 41],
    [60, 41, 23, 7],
    [60, 41, 131, 300],
    [300, 2, 5, 2],
  ] as const) {
    it(`weighs ${width} × ${height} pixels into ${toWidth} × ${toHeight} as defined`, async () => {
      const source = width === 60 ? await photograph(width, height) : randomFrame(width, height);
      const target = createFrame(toWidth, toHeight);
      resample(source, target);
      const columns = Array.from({ length: toWidth }, (_, x) => weightsOf(width, toWidth, x));
      const rows = Array.from({ length: toHeight }, (_, y) => weightsOf(height, toHeight, y));
      const expected = Array.from(target.data, (_, i) => {
        const across = columns[Math.floor(i / 3) % toWidth]!;
        return rows[Math.floor(i / 3 / toWidth)]!.reduce((sum, rowWeight, y) => {
          if (rowWeight === 0) return sum;
          const row = across.reduce(
            (total, weight, x) => total + weight * source.data[(y * width + x) * 3 + (i % 3)]!,
            0,
          );
          return sum + rowWeight * row;
        }, 0);
      });
      assertClose(target.data, expected, 0.6);
    });
  }
});
