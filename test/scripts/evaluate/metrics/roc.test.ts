import assert from 'node:assert/strict';
import {
  areaUnderRoc,
  equalErrorRate,
  justAbove,
  operatingPoint,
  rocCurve,
  Scores,
  thinned,
} from '../../../../scripts/evaluate/metrics/roc';

const genuine = new Scores([0.2, 0.9, 0.7, 0.8]);
const impostor = new Scores([0.75, 0.5, 0.4, 0.3, 0.25, 0.1, 0, -0.1, -0.2, -0.3]);

describe('receiver operating characteristic', () => {
  it('counts what reaches a threshold, as the gallery does: what lies on it too', () => {
    assert.equal(impostor.atLeast(0.4), 3);
    assert.equal(impostor.atLeast(justAbove(0.4)), 2);
    assert.equal(impostor.atLeast(-1), 10);
    assert.equal(impostor.atLeast(1), 0);
    assert.equal(genuine.shareAtLeast(0.7), 0.75);
  });

  it('knows the next number, also around zero and at the ends', () => {
    for (const value of [0.4, 1, -0.4, -1, 1e-300]) {
      const next = justAbove(value);
      assert.ok(next > value);
      // Nothing lies between them: half-way is one of the two.
      assert.ok([value, next].includes(value + (next - value) / 2), String(value));
    }
    assert.equal(justAbove(0), Number.MIN_VALUE);
    assert.equal(justAbove(-0), Number.MIN_VALUE);
    assert.equal(Math.abs(justAbove(-Number.MIN_VALUE)), 0);
    assert.equal(justAbove(-Infinity), -Infinity);
  });

  it('takes the lowest threshold whose false accept rate is allowed', () => {
    // One of ten impostors may pass: the threshold lies just above the second.
    assert.deepEqual(operatingPoint(genuine, impostor, 0.1), {
      far: 0.1,
      threshold: justAbove(0.5),
      measuredFar: 0.1,
      tar: 0.75,
      resolved: true,
    });
    assert.equal(operatingPoint(genuine, impostor, 0.19).measuredFar, 0.1);
  });

  it('says when there are too few impostor pairs for a rate', () => {
    assert.deepEqual(operatingPoint(genuine, impostor, 0.01), {
      far: 0.01,
      threshold: justAbove(0.75),
      measuredFar: 0,
      tar: 0.5,
      resolved: false,
    });
  });

  it('lets no tie through that would exceed the rate', () => {
    const tied = new Scores([0.6, 0.6, 0.6, 0.1]);
    const { threshold, measuredFar } = operatingPoint(genuine, tied, 0.5);
    assert.equal(threshold, justAbove(0.6));
    assert.equal(measuredFar, 0);
  });

  it('is not misled by 3000 × 0.001 being 2.9999999999999996', () => {
    const many = new Scores(Array.from({ length: 3000 }, (_, index) => index / 3000));
    assert.equal(operatingPoint(genuine, many, 0.001).measuredFar, 3 / 3000);
  });

  it('measures the area under the curve as the share of pairs in the right order', () => {
    // Above 10, 10, 9 and 5 of the ten impostors.
    assert.equal(areaUnderRoc(genuine, impostor), 34 / 40);
    assert.equal(areaUnderRoc(new Scores([0.5]), new Scores([0.5, 0.1])), 0.75);
  });

  it('finds where both errors are equal', () => {
    assert.equal(equalErrorRate(new Scores([0.9, 0.8]), new Scores([0.3, 0.1])), 0);
    // At 0.3: one of four impostors passes, one of four genuine pairs does not.
    assert.equal(equalErrorRate(new Scores([0.9, 0.8, 0.7, 0.2]), new Scores([0.6, 0.3, 0.1, 0])), 0.25);
  });

  it('draws the curve from no false accept to all', () => {
    const curve = rocCurve(genuine, impostor);
    assert.deepEqual(curve[0], { threshold: justAbove(0.75), far: 0, tar: 0.5 });
    assert.deepEqual(curve.at(-1), { threshold: -Infinity, far: 1, tar: 1 });
    for (const [index, point] of curve.slice(1).entries()) assert.ok(point.far > curve[index]!.far);
  });

  it('thins a curve but keeps its ends', () => {
    assert.deepEqual(thinned([0, 1, 2, 3, 4, 5, 6], 3), [0, 3, 6]);
    assert.deepEqual(thinned([0, 1], 3), [0, 1]);
  });
});
