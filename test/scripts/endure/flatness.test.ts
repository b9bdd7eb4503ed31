import assert from 'node:assert/strict';
import { describeTrend, growthIn, trendsOf } from '../../../scripts/endure/parts/flatness';

const readings = (...rssMb: number[]) => rssMb.map((mb) => ({ descriptors: 30, threads: 12, rssMb: mb }));

describe('flatness', () => {
  it('compares the medians of the first and the last quarter', () => {
    const { rssMb } = trendsOf(readings(200, 900, 220, 300, 300, 300, 300, 250, 240, 100, 260, 250));
    assert.deepEqual(rssMb, { before: 220, after: 250, flat: true });
  });

  it('sees what grows with each reading', () => {
    const growing = Array.from({ length: 12 }, (_, n) => ({
      descriptors: 30 + n,
      threads: 12 + n,
      rssMb: 200 + 20 * n,
    }));
    const trends = trendsOf(growing);
    assert.deepEqual(growthIn(trends), [
      'descriptors grew from 31 to 40',
      'threads grew from 13 to 22',
      'rssMb grew from 220 to 400',
    ]);
  });

  it('lets a few come and go', () => {
    const few = [30, 32, 31, 36].map((descriptors) => ({ descriptors, threads: 12, rssMb: 200 }));
    assert.deepEqual(growthIn(trendsOf(few)), []);
  });

  it('judges nothing by too few readings, nor without any', () => {
    assert.deepEqual(trendsOf(readings(100, 900)).rssMb, { before: 100, after: 900, flat: null });
    const { threads } = trendsOf([]);
    assert.deepEqual(threads, { before: null, after: null, flat: null });
    assert.equal(describeTrend(threads), 'not known here');
  });
});
