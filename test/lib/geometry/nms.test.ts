import assert from 'node:assert/strict';
import { iou } from '../../../lib/core/box';
import { nonMaximumSuppression } from '../../../lib/geometry/nms';
import { createRandom } from '../../../scripts/shared/random';

const box = (x1: number, y1: number, x2: number, y2: number, score: number) => ({ x1, y1, x2, y2, score });

describe('geometry: overlap and non-maximum suppression', () => {
  it('computes intersection over union by hand', () => {
    const a = { x: 0, y: 0, width: 10, height: 10 };
    assert.equal(iou(a, { x: 5, y: 0, width: 10, height: 10 }), 50 / 150);
    assert.equal(iou(a, { x: 10, y: 0, width: 10, height: 10 }), 0);
    assert.equal(iou(a, a), 1);
  });

  it('keeps the better of two overlapping boxes and every box apart, best first', () => {
    const worse = box(1, 1, 11, 11, 0.8);
    const better = box(0, 0, 10, 10, 0.9);
    const apart = box(50, 50, 60, 60, 0.95);
    assert.deepEqual(nonMaximumSuppression([worse, better, apart], 0.5), [apart, better]);
  });

  it('keeps both when the overlap is exactly the threshold', () => {
    const a = box(0, 0, 10, 10, 0.9);
    const b = box(5, 0, 15, 10, 0.8);
    assert.equal(nonMaximumSuppression([a, b], 50 / 150).length, 2);
    assert.equal(nonMaximumSuppression([a, b], 50 / 150 - 1e-6).length, 1);
  });

  it('removes a box inside another only when overlap is taken of the smaller one', () => {
    const outer = box(0, 0, 100, 100, 0.9);
    const inner = box(40, 40, 60, 60, 0.8);
    assert.equal(nonMaximumSuppression([outer, inner], 0.7).length, 2);
    assert.deepEqual(nonMaximumSuppression([outer, inner], 0.7, 'minimum'), [outer]);
  });

  it('does not let a suppressed box suppress others', () => {
    const chain = [box(0, 0, 10, 10, 0.9), box(4, 0, 14, 10, 0.8), box(8, 0, 18, 10, 0.7)];
    assert.deepEqual(nonMaximumSuppression(chain, 0.3), [chain[0], chain[2]]);
  });

  it('keeps among thousands of boxes what comparing each with all others keeps', () => {
    const random = createRandom(7);
    const boxes = Array.from({ length: 2000 }, () => {
      const [x, y, side] = [random() * 900 - 100, random() * 300, 5 + random() ** 4 * 400];
      return box(x, y, x + side, y + side * (0.5 + random()), random());
    });
    const area = (b: (typeof boxes)[number]): number => (b.x2 - b.x1) * (b.y2 - b.y1);
    const shared = (a: (typeof boxes)[number], b: (typeof boxes)[number]): number =>
      Math.max(0, Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1)) *
      Math.max(0, Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1));
    for (const overlap of ['union', 'minimum'] as const) {
      const kept: typeof boxes = [];
      for (const b of boxes.toSorted((p, q) => q.score - p.score)) {
        const whole = (a: typeof b): number =>
          overlap === 'union' ? area(a) + area(b) - shared(a, b) : Math.min(area(a), area(b));
        if (kept.every((a) => shared(a, b) <= 0.4 * whole(a))) kept.push(b);
      }
      assert.ok(kept.length > 50 && kept.length < boxes.length);
      assert.deepEqual(nonMaximumSuppression(boxes, 0.4, overlap), kept);
    }
    assert.deepEqual(nonMaximumSuppression([], 0.4), []);
  });
});
