import assert from 'node:assert/strict';
import type { Frame } from '../../../lib/image/frame';
import { measure } from '../../../lib/preprocess/measure';
import type { Correction } from '../../../lib/preprocess/operation';
import {
  backlight,
  colourCast,
  darkGamma3,
  lowContrast,
  noise,
  type Degradation,
} from '../../../scripts/evaluate/degrade';
import { meanDifference, photograph, run } from './support';

function corrections(frame: Frame, parameters: object = {}): readonly Correction[] {
  return run(frame, 'auto', { ...parameters }).report[0]!.corrections!;
}

/** Stops. */
function castOf(frame: Frame): number {
  const { red, blue } = measure(frame).cast;
  return Math.hypot(red, blue);
}

describe('auto', () => {
  it('leaves an ordinary photograph as it is', async () => {
    const photo = await photograph(320, 240);
    const { frame, report } = run(photo, 'auto');
    assert.equal(frame, photo);
    assert.deepEqual(report[0]!.corrections, []);
  });

  for (const [name, degrade, step] of [
    ['brightness', (frame: Frame) => darkGamma3(run(frame, 'brightness', { offset: -40 }).frame), 'gamma'],
    ['backlight', backlight, 'clahe'],
    ['contrast', lowContrast, 'normalise'],
    ['colour', colourCast, 'white-balance'],
    ['noise', noise, 'bilateral'],
    ['sharpness', (frame: Frame) => run(frame, 'gaussian', { sigma: 4 }).frame, 'sharpen'],
  ] as const satisfies readonly (readonly [string, Degradation, string])[]) {
    it(`answers bad ${name} with ${step}, says why, and may be told not to`, async () => {
      const degraded = degrade(await photograph(320, 240));
      const found = corrections(degraded).find((correction) => correction.step === step);
      assert.equal(found?.because.measure, name);
      assert.ok(Number.isFinite(found.because.value) && found.because.bound > 0);
      assert.ok(corrections(degraded, { [name]: false }).every((correction) => correction.step !== step));
    });
  }

  it('reports the measures of the frame as it came, for matching others to it', async () => {
    const reference = await photograph(320, 240);
    const { mean: level, contrast, saturation, sharpness } = run(reference, 'auto').report[0]!.found!;
    const dull = run(reference, 'contrast', { factor: 0.5 }).frame;
    const parameters = { mean: level, deviation: contrast, saturation, sharpness };
    const matched = measure(run(dull, 'match-reference', parameters).frame);
    assert.ok(Math.abs(matched.mean - measure(reference).mean) < 3);
    assert.ok(Math.abs(matched.contrast - measure(reference).contrast) < 3);
    const found = run(darkGamma3(reference), 'auto').report[0]!.found!;
    assert.equal(found['brightness'], measure(darkGamma3(reference)).brightness);
  });

  it('undoes the fault', async () => {
    const photo = await photograph(320, 240);
    for (const degrade of [lowContrast, noise]) {
      const degraded = degrade(photo);
      const { frame } = run(degraded, 'auto');
      assert.ok(meanDifference(frame.data, photo.data) < 0.75 * meanDifference(degraded.data, photo.data));
    }
    const tinted = colourCast(photo);
    assert.ok(castOf(run(tinted, 'auto').frame) < 0.2 * castOf(tinted));
    const blurred = run(photo, 'gaussian', { sigma: 4 }).frame;
    assert.ok(measure(run(blurred, 'auto').frame).sharpness > 1.5 * measure(blurred).sharpness);
  });

  it('reports the parameters that it chose, as the step takes them', async () => {
    const dark = darkGamma3(run(await photograph(320, 240), 'brightness', { offset: -60 }).frame);
    const { frame, report } = run(dark, 'auto', { contrast: false, colour: false, noise: false });
    const [correction] = report[0]!.corrections!;
    const repeated = run(dark, correction!.step, correction!.parameters);
    assert.deepEqual(frame.data, repeated.frame.data);
  });
});
