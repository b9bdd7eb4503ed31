import assert from 'node:assert/strict';
import type { Frame } from '../../../../lib/image/frame';
import { asImage } from '../../../../lib/pixels/image';
import { toResult } from '../../../../lib/geometry/transform';
import {
  assertClose,
  at,
  faceWithEyes,
  frameOf,
  meanDifference,
  photograph,
  pixel,
  randomFrame,
  run,
  throughSharp,
} from '../support';

/** Bilinear interpolation at the places that `locate` gives for pixel centres; black where it leaves the frame. */
function slowWarp(
  frame: Frame,
  width: number,
  height: number,
  locate: (x: number, y: number) => readonly [number, number],
): number[] {
  const image = asImage(frame);
  const result: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = locate(x + 0.5, y + 0.5);
      const isOutside = u < 0 || v < 0 || u > frame.width || v > frame.height;
      const [left, top] = [Math.floor(u - 0.5), Math.floor(v - 0.5)];
      const [fx, fy] = [u - 0.5 - left, v - 0.5 - top];
      for (let c = 0; c < 3; c++) {
        const above = at(image, left, top, c) * (1 - fx) + at(image, left + 1, top, c) * fx;
        const below = at(image, left, top + 1, c) * (1 - fx) + at(image, left + 1, top + 1, c) * fx;
        result.push(isOutside ? 0 : above * (1 - fy) + below * fy);
      }
    }
  }
  return result;
}

/** All but a few pixels, on the border between picture and black, agree. */
function assertWarped(actual: Frame, expected: number[]): void {
  const off = actual.data.filter((level, i) => Math.abs(level - expected[i]!) > 3).length;
  assert.ok(off < 0.005 * expected.length, `${off} of ${expected.length} values are off`);
}

describe('rotate', () => {
  it('agrees with sharp for whole quarters', async () => {
    const frame = randomFrame(37, 22);
    for (const angle of [90, 180, 270]) {
      const expected = await throughSharp(frame, (image) => image.rotate(angle));
      const { frame: result } = run(frame, 'rotate', { angle });
      assert.deepEqual([result.width, result.height], [expected.width, expected.height]);
      assertClose(result.data, expected.data, 0);
      assertClose(run(frame, 'rotate', { angle: angle - 360 }).frame.data, expected.data, 0);
    }
  });

  it('interpolates for other angles', async () => {
    const frame = await photograph(70, 50);
    const angle = (20 * Math.PI) / 180;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const expected = slowWarp(frame, 70, 50, (x, y) => [
      35 + cos * (x - 35) + sin * (y - 25),
      25 - sin * (x - 35) + cos * (y - 25),
    ]);
    assertWarped(run(frame, 'rotate', { angle: 20, canvas: 'keep' }).frame, expected);
  });

  it('expands the frame to hold the picture', () => {
    const frame = frameOf(40, 20, () => [200, 200, 200]);
    const { frame: result } = run(frame, 'rotate', { angle: 45 });
    assert.deepEqual([result.width, result.height], [42, 42]);
    assert.deepEqual(pixel(result, 0, 0), [0, 0, 0]);
    assert.deepEqual(pixel(result, 21, 21), [200, 200, 200]);
  });
});

describe('flip and crop', () => {
  it('agree with sharp', async () => {
    const frame = randomFrame(30, 21);
    const flopped = await throughSharp(frame, (image) => image.flop());
    const flipped = await throughSharp(frame, (image) => image.flip());
    assertClose(run(frame, 'flip').frame.data, flopped.data, 0);
    assertClose(run(frame, 'flip', { direction: 'vertical' }).frame.data, flipped.data, 0);
    const part = await throughSharp(frame, (image) =>
      image.extract({ left: 3, top: 7, width: 15, height: 14 }),
    );
    const { frame: cropped } = run(frame, 'crop', { left: 10, top: 33.3, width: 50, height: 100 });
    assert.deepEqual([cropped.width, cropped.height], [15, 14]);
    assertClose(cropped.data, part.data, 0);
  });
});

describe('resize', () => {
  for (const [width, height] of [
    [40, 30],
    [61, 17],
    [160, 120],
  ] as const) {
    it(`agrees with the triangle filter to ${width} × ${height}`, async () => {
      const frame = await photograph(80, 60);
      const image = asImage(frame);
      /** Weights of the input pixels for one output pixel of an axis. */
      const weights = (i: number, from: number, to: number): [number, number][] => {
        const radius = Math.max(1, from / to);
        const centre = ((i + 0.5) * from) / to;
        const all = Array.from({ length: from }, (_, k): [number, number] => [
          k,
          Math.max(0, 1 - Math.abs(k + 0.5 - centre) / radius),
        ]).filter(([, weight]) => weight > 0);
        const sum = all.reduce((total, [, weight]) => total + weight, 0);
        return all.map(([k, weight]) => [k, weight / sum]);
      };
      const expected: number[] = [];
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          for (let c = 0; c < 3; c++) {
            let sum = 0;
            for (const [row, a] of weights(y, 60, height)) {
              for (const [column, b] of weights(x, 80, width)) sum += a * b * at(image, column, row, c);
            }
            expected.push(sum);
          }
        }
      }
      assertClose(run(frame, 'resize', { width, height }).frame.data, expected, 1);
    });
  }

  it('is close to sharp’s linear resize', async () => {
    const frame = await photograph(160, 120);
    const expected = await throughSharp(frame, (image) =>
      image.resize(70, 50, { fit: 'fill', kernel: 'linear' }),
    );
    assert.ok(meanDifference(run(frame, 'resize', { width: 70, height: 50 }).frame.data, expected.data) < 2);
  });

  it('leaves the frame alone when no side is given', () => {
    const frame = randomFrame(9, 7);
    assert.equal(run(frame, 'resize', { width: 0, height: 0 }).frame, frame);
  });
});

describe('perspective', () => {
  const corners = [
    { x: 10, y: 5 },
    { x: 85, y: 15 },
    { x: 95, y: 90 },
    { x: 5, y: 80 },
  ];

  it('lays the four points onto the corners', async () => {
    const frame = await photograph(80, 60);
    const { report } = run(frame, 'perspective', { corners });
    const { transform } = report[0]!;
    assert.ok(transform);
    const expected = [
      { x: 0, y: 0 },
      { x: 80, y: 0 },
      { x: 80, y: 60 },
      { x: 0, y: 60 },
    ];
    corners.forEach(({ x, y }, i) => {
      const moved = toResult(transform, { x: 0.8 * x, y: 0.6 * y })!;
      assert.ok(Math.hypot(moved.x - expected[i]!.x, moved.y - expected[i]!.y) < 1e-6);
    });
  });

  it('keeps straight lines straight and samples between the pixels', async () => {
    const frame = await photograph(80, 60);
    // Heckbert's inverse map, unit square → quadrilateral, solved here from its eight equations.
    const points = corners.map(({ x, y }) => ({ x: 0.8 * x, y: 0.6 * y }));
    const square = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ] as const;
    const equations = square.flatMap(([s, t], i) => {
      const { x, y } = points[i]!;
      return [
        [s, t, 1, 0, 0, 0, -s * x, -t * x, x],
        [0, 0, 0, s, t, 1, -s * y, -t * y, y],
      ];
    });
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = solve(equations);
    const expected = slowWarp(frame, 80, 60, (x, y) => {
      const [s, t] = [x / 80, y / 60];
      const w = g * s + h * t + 1;
      return [(a * s + b * t + c) / w, (d * s + e * t + f) / w];
    });
    assertWarped(run(frame, 'perspective', { corners }).frame, expected);
  });

  it('refuses corners that cross', () => {
    const crossed = [corners[0], corners[2], corners[1], corners[3]];
    assert.throws(() => run(randomFrame(8, 8), 'perspective', { corners: crossed }), {
      message:
        'Expected 4 corners of a convex quadrilateral in order for perspective.corners but received an array of 4',
    });
  });
});

/** Gauss-Jordan elimination of n rows of n coefficients and a right side. */
function solve(rows: number[][]): number[] {
  rows.forEach((_, i) => {
    const best = rows.slice(i).reduce((most, row) => (Math.abs(row[i]!) > Math.abs(most[i]!) ? row : most));
    rows.splice(rows.indexOf(best), 1, rows[i]!);
    rows[i] = best.map((value) => value / best[i]!);
    rows.forEach((row, j) => {
      if (j !== i) rows[j] = row.map((value, k) => value - row[i]! * rows[i]![k]!);
    });
  });
  return rows.map((row) => row.at(-1)!);
}

describe('lens', () => {
  it('samples where Brown and Conrady say that the lens puts a point', async () => {
    const frame = await photograph(90, 60);
    const [k1, k2, p1, p2, k3] = [-0.25, 0.06, 0.01, -0.008, 0.02];
    const expected = slowWarp(frame, 90, 60, (u, v) => {
      const [x, y] = [(u - 45) / 90, (v - 30) / 90];
      const r2 = x * x + y * y;
      const radial = 1 + k1 * r2 + k2 * r2 ** 2 + k3 * r2 ** 3;
      return [
        45 + 90 * (x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x)),
        30 + 90 * (y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y),
      ];
    });
    assertWarped(run(frame, 'lens', { k1, k2, p1, p2, k3 }).frame, expected);
  });
});

describe('upright', () => {
  it('levels the eyes and takes the face along', async () => {
    const frame = await photograph(120, 100);
    const tilted = faceWithEyes({ x: 40, y: 40 }, { x: 60, y: 50 });
    const { faces, report } = run(frame, 'upright', {}, [tilted]);
    const { leftEye, rightEye } = faces![0]!.landmarks;
    assert.ok(Math.abs(leftEye.y - rightEye.y) < 1e-9);
    assert.ok(Math.abs(Math.hypot(rightEye.x - leftEye.x, 0) - Math.hypot(20, 10)) < 1e-9);
    assert.ok(Math.abs(report[0]!.found!['tilt']! - 26.565) < 0.001);
  });

  it('leaves a small tilt alone', () => {
    const frame = randomFrame(50, 50);
    const { frame: result } = run(frame, 'upright', { tolerance: 10 }, [
      faceWithEyes({ x: 10, y: 20 }, { x: 30, y: 21 }),
    ]);
    assert.equal(result, frame);
  });
});
