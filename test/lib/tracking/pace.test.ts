import assert from 'node:assert/strict';
import { toTrackingOptions } from '../../../lib/tracking/options';
import { Pace } from '../../../lib/tracking/pace';

const OPTIONS = toTrackingOptions();

/** A source that has given pictures with these gaps, ms; the latest at `last`. */
function paceOf(gaps: readonly number[], options: object = {}): { pace: Pace; last: number } {
  const pace = new Pace(toTrackingOptions(options), 0);
  const last = gaps.reduce((at, gap) => {
    pace.note(at + gap);
    return at + gap;
  }, 0);
  return { pace, last };
}
const steady = (gap: number) => paceOf(Array<number>(8).fill(gap));

describe('pace of a source', () => {
  it('changes nothing of what is configured for a video', () => {
    for (const gap of [16, 40, 100, 250]) {
      const { pace, last } = steady(gap);
      assert.equal(pace.slow, false);
      assert.equal(pace.coastFor, OPTIONS.coastFor);
      assert.equal(pace.leaveAfter, OPTIONS.leaveAfter);
      assert.deepEqual(pace.needs(last), { hits: 3, friend: 3, stranger: 6 }, `${gap} ms`);
    }
  });

  for (const [gap, coastFor, leaveAfter, needs] of [
    [500, 1250, 10_000, { hits: 2, friend: 3, stranger: 6 }],
    [1000, 2500, 10_000, { hits: 1, friend: 2, stranger: 5 }],
    [5000, 12_500, 12_500, { hits: 1, friend: 2, stranger: 1 }],
    [60_000, 150_000, 150_000, { hits: 1, friend: 2, stranger: 1 }],
  ] as const)
    it(`waits longer and asks for less at a picture every ${gap / 1000} s`, () => {
      const { pace, last } = steady(gap);
      assert.deepEqual([pace.coastFor, pace.leaveAfter, pace.needs(last)], [coastFor, leaveAfter, needs]);
    });

  it('is patient with a source of which one picture is known, and asks for less the longer it is silent', () => {
    const { pace, last } = paceOf([]);
    assert.deepEqual([pace.longest, pace.slow, pace.leaveAfter], [undefined, true, 150_000]);
    assert.deepEqual(pace.needs(last), { hits: 3, friend: 3, stranger: 6 });
    assert.deepEqual(pace.needs(last + 1000), { hits: 1, friend: 2, stranger: 5 });
    assert.deepEqual(pace.needs(last + 5000), { hits: 1, friend: 2, stranger: 1 });
  });

  it('does not take a video with a hiccup for slow, but gives people the time of the hiccup', () => {
    const { pace } = paceOf([40, 40, 40, 40, 8000]);
    assert.deepEqual([pace.slow, pace.coastFor, pace.leaveAfter], [false, 1000, 20_000]);
  });

  it('forgets the pace after a long pause', () => {
    const { pace } = paceOf([40, 40, 40, 600_000]);
    assert.deepEqual([pace.longest, pace.slow], [undefined, true]);
  });

  it('asks for every vote where one sure look shall not do', () => {
    const { pace, last } = paceOf([60_000, 60_000, 60_000], { oneSureFrame: false });
    assert.equal(pace.needs(last).friend, 3);
  });

  it('goes on at a pace that was measured before', () => {
    const pace = Pace.from(OPTIONS, 0, 60_000);
    assert.deepEqual([pace.longest, pace.leaveAfter, pace.needs(0).hits], [60_000, 150_000, 1]);
    assert.equal(Pace.from(OPTIONS, 0, undefined).longest, undefined);
  });

  it('takes a time that is not later for the same picture', () => {
    const { pace } = paceOf([40, 0, -5, 40]);
    assert.equal(pace.longest, 40);
  });
});
