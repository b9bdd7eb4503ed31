import assert from 'node:assert/strict';
import type { Landmarks } from '../../../lib/core/face';
import { measurePose } from '../../../lib/geometry/pose';

/** A frontal face: symmetrical, the nose on the middle line. */
const frontal: Landmarks = {
  leftEye: { x: 69, y: 66 },
  rightEye: { x: 131, y: 66 },
  nose: { x: 100, y: 106 },
  mouthLeft: { x: 76, y: 135 },
  mouthRight: { x: 124, y: 135 },
};
const withNose = (x: number, y: number): Landmarks => ({ ...frontal, nose: { x, y } });

function rotated(degrees: number): Landmarks {
  const angle = (degrees * Math.PI) / 180;
  const turn = ({ x, y }: { x: number; y: number }) => ({
    x: 100 + (x - 100) * Math.cos(angle) - (y - 100) * Math.sin(angle),
    y: 100 + (x - 100) * Math.sin(angle) + (y - 100) * Math.cos(angle),
  });
  const entries = Object.entries(frontal).map(
    ([name, point]) => [name, turn(point as { x: number; y: number })] as const,
  );
  return Object.fromEntries(entries) as unknown as Landmarks;
}

describe('geometry: head pose from landmarks', () => {
  it('sees a frontal face as frontal', () => {
    const { yaw, pitch, roll } = measurePose(frontal);
    for (const angle of [yaw, pitch, roll]) assert.ok(Math.abs(angle) < 1, `${angle}`);
  });

  it('reads roll exactly and keeps yaw and pitch', () => {
    for (const degrees of [-60, -20, 35, 90]) {
      const { yaw, pitch, roll } = measurePose(rotated(degrees));
      assert.ok(Math.abs(roll - degrees) < 1, `${roll} ≠ ${degrees}`);
      assert.ok(Math.abs(yaw) < 1.5 && Math.abs(pitch) < 1.5);
    }
  });

  it('gives yaw the sign of the side that the nose moves to, growing with the distance', () => {
    const slight = measurePose(withNose(108, 106)).yaw;
    const strong = measurePose(withNose(120, 106)).yaw;
    assert.ok(slight > 5 && strong > slight && strong < 90);
    assert.ok(Math.abs(measurePose(withNose(92, 106)).yaw + slight) < 1e-6);
  });

  it('gives a raised nose a positive pitch', () => {
    assert.ok(measurePose(withNose(100, 96)).pitch > 5);
    assert.ok(measurePose(withNose(100, 116)).pitch < -5);
  });

  it('answers zeros for landmarks that coincide', () => {
    const point = { x: 1, y: 1 };
    const pose = measurePose({
      leftEye: point,
      rightEye: point,
      nose: point,
      mouthLeft: point,
      mouthRight: point,
    });
    assert.deepEqual(pose, { yaw: 0, pitch: 0, roll: 0 });
  });
});
