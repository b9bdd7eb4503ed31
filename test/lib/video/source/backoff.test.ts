import assert from 'node:assert/strict';
import { Backoff } from '../../../../lib/video/source/backoff';

describe('Backoff', () => {
  it('doubles from the first wait to the longest', () => {
    const backoff = new Backoff({ firstMs: 1000, longestMs: 30_000, random: () => 0 });
    const waits = Array.from({ length: 8 }, () => backoff.next());
    assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    assert.equal(backoff.attempt, 8);
  });

  it('takes up to 30 % off by chance, and never waits longer than the longest', () => {
    const backoff = new Backoff({ firstMs: 1000, longestMs: 1000, random: () => 1 });
    assert.equal(backoff.next(), 700);
    const random = new Backoff({ firstMs: 1000, longestMs: 30_000 });
    for (let attempt = 0; attempt < 2000; attempt++) {
      const wait = random.next();
      assert.ok(wait >= 700 && wait <= 30_000, `${wait}`);
    }
  });

  it('begins again after a success', () => {
    const backoff = new Backoff({ firstMs: 1000, longestMs: 30_000, random: () => 0 });
    backoff.next();
    backoff.next();
    backoff.reset();
    assert.equal(backoff.attempt, 0);
    assert.equal(backoff.next(), 1000);
  });
});
