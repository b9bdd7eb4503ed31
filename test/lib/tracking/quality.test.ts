import assert from 'node:assert/strict';
import type { FaceQuality } from '../../../lib/core/face';
import { faceScore } from '../../../lib/tracking/quality';

const score = (quality: Partial<FaceQuality>) =>
  faceScore({ quality: { size: 112, sharpness: 1, yaw: 0, pitch: 0, roll: 0, ...quality } });

describe('face score', () => {
  it('is 1 for a large, sharp, frontal face however it leans', () => {
    assert.equal(score({}), 1);
    assert.equal(score({ size: 500, roll: 90 }), 1);
  });

  it('falls with size, blur and pose', () => {
    assert.ok(Math.abs(score({ size: 56 }) - 0.5) < 1e-9);
    assert.ok(score({ sharpness: 0.2 }) < score({ sharpness: 0.6 }));
    assert.ok(Math.abs(score({ yaw: -45 }) - 0.5) < 1e-9);
    assert.ok(score({ pitch: 60 }) < 0.26);
    assert.ok(score({ yaw: 90 }) < 1e-9);
    assert.equal(score({ yaw: 120 }), 0);
  });

  it('takes a face whose sharpness nobody measured for an ordinary one', () => {
    assert.ok(score({ sharpness: undefined }) < score({ sharpness: 0.8 }));
    assert.ok(score({ sharpness: undefined }) > score({ sharpness: 0.2 }));
  });
});
