import assert from 'node:assert/strict';
import { createFrame } from '../../../lib/image/frame';
import { betterShot } from '../../../lib/tracking/best-shot';
import { face, square } from './synthetic';

describe('best shot', () => {
  const frame = createFrame(200, 120);

  it('is the best look so far, with a small picture of its own', () => {
    const poor = betterShot(undefined, face(square(10, 10, 30)), frame, 0.3);
    const good = betterShot(poor, face(square(50, 10, 60)), frame, 0.3);
    const worse = betterShot(good, face(square(50, 10, 50)), frame, 0.3);
    assert.ok(good!.score > poor!.score);
    assert.equal(worse, good);
    assert.deepEqual([good?.crop.width, good?.crop.height], [96, 88]);
  });

  it('is none when the face lies outside the picture', () => {
    assert.equal(betterShot(undefined, face(square(300, 10)), frame, 0.3), undefined);
  });
});
