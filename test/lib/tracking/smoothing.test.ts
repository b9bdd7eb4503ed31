import assert from 'node:assert/strict';
import { FaceSmoother, OneEuroFilter } from '../../../lib/tracking/smoothing';
import { face, seeded, square } from './synthetic';

const STEP_MS = 33;
const deviation = (values: readonly number[], from: number) =>
  Math.sqrt(values.reduce((sum, value) => sum + (value - from) ** 2, 0) / values.length);

describe('one-euro filter', () => {
  it('starts at the first value', () => {
    assert.equal(new OneEuroFilter().filter(42, 1000), 42);
  });

  it('calms jitter at rest', () => {
    const random = seeded(10);
    const noisy = Array.from({ length: 200 }, () => 100 + 4 * random() - 2);
    const filter = new OneEuroFilter();
    const calm = noisy.map((value, k) => filter.filter(value, k * STEP_MS, 60));
    assert.ok(deviation(calm.slice(50), 100) < 0.5 * deviation(noisy.slice(50), 100));
  });

  it('lags little behind a fast motion', () => {
    const filter = new OneEuroFilter();
    let lag = 0;
    // Five face widths a second.
    for (let k = 0; k < 60; k++) lag = 10 * k - filter.filter(10 * k, k * STEP_MS, 60);
    assert.ok(lag > 0 && lag < 10, `${lag} px behind`);
  });

  it('keeps its value when no time passes', () => {
    const filter = new OneEuroFilter();
    filter.filter(1, 0);
    assert.equal(filter.filter(9, 0), 1);
  });
});

describe('face smoother', () => {
  it('smooths the box and the landmarks and leaves the face alone', () => {
    const smoother = new FaceSmoother();
    const first = face(square(100, 100));
    assert.deepEqual(smoother.smooth(first, 0), { box: first.box, landmarks: first.landmarks });
    const second = face(square(104, 100));
    const { box, landmarks } = smoother.smooth(second, STEP_MS);
    assert.ok(box.x > 100 && box.x < 104);
    assert.ok(landmarks.nose.x > first.landmarks.nose.x && landmarks.nose.x < second.landmarks.nose.x);
    assert.equal(landmarks.nose.y, first.landmarks.nose.y);
    assert.equal(second.box.x, 104);
  });

  it('smooths a near face as it smooths a far one', () => {
    const path = (scale: number) => {
      const smoother = new FaceSmoother();
      let x = 0;
      for (let k = 0; k < 20; k++)
        x = smoother.smooth(face(square(scale * k * (k % 3), 0, scale * 40)), k * STEP_MS).box.x;
      return x / scale;
    };
    assert.ok(Math.abs(path(1) - path(4)) < 1e-9);
  });
});
