import assert from 'node:assert/strict';
import type { Frame } from '../../../../lib/image/frame';
import { deviation, frameOf, luminances, mean, meanDifference, photograph, run } from '../support';

/** A Gaussian blur of one value for each pixel, by definition. */
function blur(values: readonly number[], width: number, height: number, sigma: number): number[] {
  const reach = Math.ceil(3.5 * sigma);
  const along = (list: readonly number[], dx: number, dy: number): number[] =>
    list.map((_, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      let sum = 0;
      let weights = 0;
      for (let k = -reach; k <= reach; k++) {
        const column = Math.min(width - 1, Math.max(0, x + k * dx));
        const row = Math.min(height - 1, Math.max(0, y + k * dy));
        const weight = Math.exp(-(k * k) / (2 * sigma * sigma));
        weights += weight;
        sum += weight * list[row * width + column]!;
      }
      return sum / weights;
    });
  return along(along(values, 1, 0), 0, 1);
}

function grey(frame: Frame): Frame {
  return run(frame, 'greyscale').frame;
}

describe('retinex', () => {
  for (const [scales, sigmas] of [
    ['single', [0.16 * 120]],
    ['multiple', [0.03 * 120, 0.16 * 120, 0.5 * 120]],
  ] as const) {
    it(`agrees with the definition of Jobson et al. (${scales})`, async () => {
      const frame = grey(await photograph(120, 90));
      const levels = luminances(frame).map(Math.round);
      const compared = levels.map((level) => Math.log1p(level));
      for (const sigma of sigmas) {
        blur(levels, 120, 90, sigma).forEach(
          (around, i) => (compared[i]! -= Math.log1p(around) / sigmas.length),
        );
      }
      const [centre, spread] = [mean(compared), deviation(compared)];
      const expected = compared.map((value) =>
        Math.min(255, Math.max(0, 127.5 + (127.5 * (value - centre)) / (3 * spread))),
      );
      const { frame: result } = run(frame, 'retinex', { scales });
      assert.ok(meanDifference(luminances(result), expected) < 2.5);
    });
  }

  it('takes away a slope of light', () => {
    const texture = (x: number, y: number): number => ((x >> 2) + (y >> 2)) % 2;
    const lit = frameOf(160, 40, (x, y) => {
      const level = Math.round((20 + x) * (0.6 + 0.4 * texture(x, y)));
      return [level, level, level];
    });
    const halves = (frame: Frame): number => {
      const values = luminances(frame);
      return Math.abs(
        mean(values.filter((_, i) => i % 160 < 80)) - mean(values.filter((_, i) => i % 160 >= 80)),
      );
    };
    assert.ok(halves(run(lit, 'retinex', { sigma: 10 }).frame) < 0.2 * halves(lit));
  });

  it('makes a frame of one luminance mid-grey', () => {
    const { data } = run(
      frameOf(40, 30, () => [80, 80, 80]),
      'retinex',
    ).frame;
    assert.ok(data.every((level) => level === 128));
  });
});

describe('homomorphic', () => {
  it('agrees with its formula', async () => {
    const frame = grey(await photograph(120, 90));
    const [lowGain, highGain] = [0.4, 1.3];
    const logarithms = luminances(frame).map((level) => Math.log1p(Math.round(level)));
    const slow = blur(logarithms, 120, 90, 12);
    const centre = mean(slow);
    const expected = logarithms.map((value, i) => {
      const light = centre + lowGain * (slow[i]! - centre);
      return Math.min(255, Math.max(0, Math.expm1(light + highGain * (value - slow[i]!))));
    });
    const { frame: result } = run(frame, 'homomorphic', { sigma: 10, lowGain, highGain });
    assert.ok(meanDifference(luminances(result), expected) < 2.5);
  });

  it('leaves an even frame as it is', () => {
    const even = frameOf(50, 40, () => [90, 90, 90]);
    assert.deepEqual(run(even, 'homomorphic').frame.data, even.data);
  });

  it('lifts what lies in the shade', () => {
    const shaded = frameOf(120, 60, (x) => (x < 60 ? [20, 20, 20] : [200, 200, 200]));
    const { data } = run(shaded, 'homomorphic', { highGain: 1 }).frame;
    assert.ok(data[(30 * 120 + 5) * 3]! > 30);
    assert.ok(data[(30 * 120 + 115) * 3]! < 190);
  });
});
