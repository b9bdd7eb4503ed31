import assert from 'node:assert/strict';
import { mean, median, perStage, rounded } from '../../bench/statistics';

describe('bench: statistics', () => {
  it('takes the middle value, or the mean of the two middle ones', () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.equal(median([10, 9, 100, 1]), 9.5);
    assert.ok(Number.isNaN(median([])));
  });

  it('leaves the values in their order', () => {
    const values = [3, 1, 2];
    median(values);
    assert.deepEqual(values, [3, 1, 2]);
  });

  it('averages and rounds to two decimals', () => {
    assert.equal(mean([1, 2, 6]), 3);
    assert.equal(rounded(1.2345), 1.23);
    assert.equal(rounded(-0.006), -0.01);
  });

  it('gives a figure for every stage that occurs, in the order of their first occurrence', () => {
    const stages = perStage([{ decode: 4 }, { decode: 2, rnet: 8 }, { decode: 3, rnet: 6 }], median);
    assert.deepEqual(Object.entries(stages), [
      ['decode', 3],
      ['rnet', 6],
    ]);
  });
});
