import assert from 'node:assert/strict';
import { iou } from '../../../lib/core/box';
import { BoxMotion } from '../../../lib/tracking/motion';
import { seeded, square } from './synthetic';

describe('box motion', () => {
  it('starts at rest', () => {
    const motion = new BoxMotion(square(10, 20), 0);
    assert.deepEqual(motion.predict(400), square(10, 20));
  });

  it('learns a constant velocity', () => {
    const motion = new BoxMotion(square(0, 100), 0);
    for (let at = 40; at <= 800; at += 40) motion.correct(square(at / 4, 100), at);
    const predicted = motion.predict(1000);
    assert.ok(Math.abs(predicted.x - 250) < 2, `x ${predicted.x}`);
    assert.ok(Math.abs(predicted.y - 100) < 1e-9);
  });

  it('stops extrapolating when nobody has been seen for long', () => {
    const motion = new BoxMotion(square(0, 0), 0);
    for (let at = 100; at <= 1000; at += 100) motion.correct(square(at / 10, 0), at);
    assert.deepEqual(motion.predict(60_000), motion.predict(1500));
  });

  it('does not turn jitter in a burst of frames into speed', () => {
    const random = seeded(2);
    const motion = new BoxMotion(square(100, 100), 0);
    for (let at = 1; at < 20; at++)
      motion.correct(square(100 + random() * 4 - 2, 100 + random() * 4 - 2), at);
    assert.ok(iou(motion.predict(120), square(100, 100)) > 0.6);
  });
});
