import assert from 'node:assert/strict';
import { createFrame } from '../../../lib/image/frame';
import { measure } from '../../../lib/preprocess/measure';
import { backlight } from '../../../scripts/evaluate/degrade';
import { deviation, frameOf, luminances, mean, photograph, randomNumbers, run } from './support';

const near = (actual: number, expected: number, tolerance: number): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} ≠ ${expected}`);

describe('measure', () => {
  it('tells brightness, mean, contrast and saturation', async () => {
    const frame = await photograph(160, 120);
    const { brightness, mean: level, contrast, saturation, means } = measure(frame);
    const pixels = Array.from({ length: 160 * 120 }, (_, i) => [...frame.data.subarray(3 * i, 3 * i + 3)]);
    near(brightness, mean(pixels.map((rgb) => Math.max(...rgb))), 0.01);
    near(saturation, mean(pixels.map((rgb) => Math.max(...rgb) - Math.min(...rgb))), 0.01);
    near(means.green, mean(pixels.map(([, green = 0]) => green)), 0.01);
    near(level, mean(luminances(frame)), 0.5);
    near(contrast, deviation(luminances(frame)), 0.5);
  });

  it('takes a few rows of a large frame for all', async () => {
    const [small, large] = [await photograph(320, 240), await photograph(1280, 960)];
    near(measure(large).mean, measure(small).mean, 1.5);
    near(measure(large).contrast, measure(small).contrast, 1.5);
  });

  for (const sigma of [3, 8, 15]) {
    it(`tells noise of ${sigma} levels on a slope`, () => {
      const random = randomNumbers();
      const gaussian = (): number => Array.from({ length: 12 }, random).reduce((sum, x) => sum + x, -6);
      const noisy = frameOf(200, 150, (x, y) => {
        const level = Math.round(60 + 0.3 * x + 0.4 * y + sigma * gaussian());
        return [level, level, level];
      });
      // The smoother stretches are taken, so the figure is a little low.
      const { noise } = measure(noisy);
      assert.ok(noise > 0.75 * sigma && noise < 1.05 * sigma, `${noise}`);
    });
  }

  it('tells a blurred picture from a sharp one whatever its contrast', async () => {
    const sharp = await photograph(200, 150);
    const faint = run(sharp, 'contrast', { factor: 0.4, pivot: 'mean' }).frame;
    const blurred = run(sharp, 'gaussian', { sigma: 2 }).frame;
    near(measure(faint).sharpness, measure(sharp).sharpness, 0.15 * measure(sharp).sharpness);
    assert.ok(measure(blurred).sharpness < 0.35 * measure(sharp).sharpness);
  });

  it('tells a cast in stops, and takes a coloured wall for none', () => {
    const room = (colour: readonly number[]) =>
      frameOf(60, 40, (x, y) => {
        const level = 40 + ((x * 7 + y * 13) % 160);
        return [level * colour[0]!, level * colour[1]!, level * colour[2]!];
      });
    const { cast } = measure(room([1, 0.5, 0.25]));
    near(cast.red, 1, 0.05);
    near(cast.blue, -1, 0.1);
    const wall = frameOf(60, 40, (x) => (x < 45 ? [150, 40, 30] : [220, 220, 220]));
    near(measure(wall).cast.red, 0, 0.01);
  });

  it('tells backlight in stops: a dark middle in a bright frame, and nothing else', () => {
    const scene = (middle: number, around: number) =>
      frameOf(80, 48, (x, y) => {
        const level = x >= 20 && x < 60 && y >= 12 && y < 36 ? middle : around;
        return [level, level, level];
      });
    // 8 levels are added to either: (152 + 8) / (32 + 8) is two stops.
    near(measure(scene(32, 152)).backlight, 2, 0.01);
    assert.equal(measure(scene(32, 20)).backlight, 0);
    assert.equal(measure(scene(90, 255)).backlight, 0);
  });

  it('tells backlight of a large frame from some of its rows', async () => {
    const [small, large] = [backlight(await photograph(320, 240)), backlight(await photograph(1280, 960))];
    near(measure(large).backlight, measure(small).backlight, 0.05);
    assert.ok(measure(large).backlight > 1.25);
  });

  it('measures the smallest frames', () => {
    const { contrast, noise, sharpness, backlight: stops } = measure(createFrame(1, 1));
    assert.deepEqual([contrast, noise, sharpness, stops], [0, 0, 0, 0]);
  });
});
