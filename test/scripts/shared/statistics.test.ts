import assert from 'node:assert/strict';
import { histogram, mean, median, sampleDeviation } from '../../../scripts/shared/statistics';

describe('statistics', () => {
  it('gives the mean and the deviation of a sample', () => {
    assert.equal(mean([2, 4, 9]), 5);
    // Deviations -3, -1, 4: (9 + 1 + 16) / 2 = 13
    assert.equal(sampleDeviation([2, 4, 9]), Math.sqrt(13));
    assert.ok(Number.isNaN(sampleDeviation([1])));
  });

  it('gives the middle value, or the mean of the two middle ones', () => {
    assert.equal(median([9, 1, 2]), 2);
    assert.equal(median([4, 1, 3, 2]), 2.5);
  });

  it('counts values in equal bins and puts what lies outside into the outer ones', () => {
    const { shares } = histogram([-1, 0, 0.49, 0.5, 1, 7, 0.74, 0.75], 0, 1, 4);
    assert.deepEqual(shares, [2 / 8, 1 / 8, 2 / 8, 3 / 8]);
  });
});
