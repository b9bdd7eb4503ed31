import assert from 'node:assert/strict';
import { toTrackingOptions } from '../../../lib/tracking/options';

describe('tracking options', () => {
  it('fills in documented defaults', () => {
    const options = toTrackingOptions();
    assert.equal(options.minHits, 3);
    assert.equal(options.oneSureFrame, true);
    assert.deepEqual(toTrackingOptions({ minHits: undefined }), options);
  });

  it('takes what was given', () => {
    const options = toTrackingOptions({ leaveAfter: 3000, oneSureFrame: false });
    assert.equal(options.leaveAfter, 3000);
    assert.equal(options.oneSureFrame, false);
  });

  const refused: [unknown, RegExp][] = [
    ['fast', /Expected an object for tracking options but received "fast"/],
    [{ minHits: 0 }, /Expected an integer between 1 and 100 for minHits but received 0/],
    [{ majority: Number.NaN }, /Expected a number between 0\.5 and 1 for majority but received NaN/],
    [{ coastFor: '1000' }, /Expected a number between 0 and 60000 for coastFor but received "1000"/],
    [{ oneSureFrame: 1 }, /Expected true or false for oneSureFrame but received 1/],
    [
      { leaveafter: 5 },
      /Expected one of minHits, .*leaveAfter.* for tracking option but received "leaveafter"/,
    ],
    [
      { leaveAfter: 500, coastFor: 1000 },
      /Expected a number of at least 1000 for leaveAfter but received 500/,
    ],
    [{ otherFace: 0.6 }, /Expected a number of at most 0\.5 for otherFace but received 0\.6/],
  ];
  for (const [value, message] of refused)
    it(`refuses ${JSON.stringify(value)}`, () => {
      assert.throws(() => toTrackingOptions(value), {
        name: 'ArcFlowError',
        code: 'INVALID_ARGUMENT',
        message,
      });
    });
});
