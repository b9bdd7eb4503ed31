import assert from 'node:assert/strict';
import type { Box } from '../../../lib/core/face';
import { intersection } from '../../../lib/core/box';
import { DetectionSchedule, mergeOverlapping } from '../../../lib/tracking/detection-schedule';
import { toTrackingOptions } from '../../../lib/tracking/options';
import { FRAME_SIZE, seeded, square } from './synthetic';

const schedule = (options: object = {}) =>
  new DetectionSchedule(toTrackingOptions({ fullEvery: 4, ...options }));
const contains = (outer: Box, inner: Box) => intersection(outer, inner) >= inner.width * inner.height - 1e-6;

describe('detection schedule', () => {
  it('looks everywhere on every k-th frame and around the tracks in between', () => {
    const subject = schedule();
    const plans = Array.from({ length: 9 }, () => subject.next([square(100, 100)], FRAME_SIZE));
    assert.deepEqual(
      plans.map(({ full }) => full),
      [true, false, false, false, true, false, false, false, true],
    );
    assert.deepEqual(plans[1], { full: false, regions: [{ x: 70, y: 70, width: 120, height: 120 }] });
  });

  it('looks nowhere when there is nobody to follow', () => {
    const subject = schedule();
    subject.next([], FRAME_SIZE);
    assert.deepEqual(subject.next([], FRAME_SIZE), { full: false, regions: [] });
  });

  it('is always everywhere for a period of one', () => {
    const subject = schedule({ fullEvery: 1 });
    for (let k = 0; k < 3; k++) assert.deepEqual(subject.next([square(0, 0)], FRAME_SIZE), { full: true });
  });

  it('looks everywhere at once when a track was just lost, and counts from there', () => {
    const subject = schedule();
    const lost = [false, false, true, false, false, false, false];
    assert.deepEqual(
      lost.map((isLost) => subject.next([square(100, 100)], FRAME_SIZE, isLost).full),
      [true, false, true, false, false, false, true],
    );
  });

  it('looks everywhere when the regions are most of the frame', () => {
    const subject = schedule();
    subject.next([], FRAME_SIZE);
    assert.deepEqual(subject.next([square(150, 40, 250)], FRAME_SIZE), { full: true });
  });

  it('clips regions to the frame and drops those outside', () => {
    const subject = schedule();
    subject.next([], FRAME_SIZE);
    assert.deepEqual(subject.next([square(-20, 330), square(900, 10)], FRAME_SIZE), {
      full: false,
      regions: [{ x: 0, y: 300, width: 70, height: 60 }],
    });
  });

  it('merges until nothing overlaps, over chains too', () => {
    assert.deepEqual(mergeOverlapping([square(0, 0, 10), square(18, 0, 10), square(9, 0, 10)]), [
      { x: 0, y: 0, width: 28, height: 10 },
    ]);
    const random = seeded(9);
    for (let round = 0; round < 200; round++) {
      const boxes = Array.from({ length: 1 + Math.floor(8 * random()) }, () =>
        square(500 * random(), 300 * random(), 20 + 80 * random()),
      );
      const merged = mergeOverlapping(boxes);
      merged.forEach((a, i) => merged.slice(i + 1).forEach((b) => assert.equal(intersection(a, b), 0)));
      boxes.forEach((box) => assert.ok(merged.some((region) => contains(region, box))));
    }
  });
});
