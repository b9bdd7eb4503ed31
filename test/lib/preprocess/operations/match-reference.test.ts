import assert from 'node:assert/strict';
import { measure } from '../../../../lib/preprocess/measure';
import { deviation, frameOf, luminances, mean, photograph, run } from '../support';

const near = (actual: number, expected: number, tolerance: number): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} ≠ ${expected}`);

describe('match-reference', () => {
  it('brings mean, deviation and colours to those of the reference', async () => {
    const frame = run(await photograph(160, 120), 'contrast', { factor: 0.5, pivot: 'mean' }).frame;
    const wanted = { mean: 120, deviation: 38, saturation: 25 };
    const values = luminances(run(frame, 'match-reference', wanted).frame);
    near(mean(values), 120, 2);
    near(deviation(values), 38, 2);
    near(measure(run(frame, 'match-reference', wanted).frame).saturation, 25, 2);
  });

  for (const change of [0.75, 1.5]) {
    it(`makes a picture ${change > 1 ? 'sharper' : 'softer'} by a factor of ${change}`, async () => {
      const frame = run(await photograph(160, 120), 'contrast', { factor: 0.5, pivot: 'mean' }).frame;
      const { mean: level, contrast, sharpness } = measure(frame);
      const wanted = { mean: level, deviation: contrast, sharpness: change * sharpness };
      const result = measure(run(frame, 'match-reference', wanted).frame);
      near(result.sharpness, change * sharpness, 0.06 * sharpness);
      near(result.contrast, contrast, 1.5);
    });
  }

  it('makes a soft camera resemble its sharp photographs', async () => {
    const photo = await photograph(160, 120);
    const reference = measure(photo);
    const { mean: level, contrast, saturation, sharpness } = reference;
    const camera = run(run(photo, 'gaussian', { sigma: 0.8 }).frame, 'brightness', { offset: -40 }).frame;
    const before = measure(camera);
    const after = measure(
      run(camera, 'match-reference', { mean: level, deviation: contrast, saturation, sharpness }).frame,
    );
    assert.ok(
      Math.abs(after.sharpness - reference.sharpness) <
        0.2 * Math.abs(before.sharpness - reference.sharpness),
    );
    near(after.mean, reference.mean, 3);
  });

  it('does not amplify without limit', () => {
    const faint = frameOf(32, 32, (x) => [100 + (x % 2), 100 + (x % 2), 100 + (x % 2)]);
    const { report } = run(faint, 'match-reference', { maxGain: 3 });
    assert.equal(report[0]!.found!['contrast'], 3);
  });
});
