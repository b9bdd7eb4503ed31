import assert from 'node:assert/strict';
import { assign } from '../../../lib/tracking/assignment';
import { seeded } from './synthetic';

const total = (scores: readonly (readonly number[])[], columnOf: readonly number[]) =>
  columnOf.reduce((sum, column, row) => sum + (column < 0 ? 0 : scores[row]![column]!), 0);

/** The best total by trying everything. */
function bestTotal(scores: readonly (readonly number[])[], row = 0, taken = new Set<number>()): number {
  if (row === scores.length) return 0;
  let best = bestTotal(scores, row + 1, taken);
  scores[row]!.forEach((score, column) => {
    if (score <= 0 || taken.has(column)) return;
    best = Math.max(best, score + bestTotal(scores, row + 1, new Set([...taken, column])));
  });
  return best;
}

describe('assignment', () => {
  it('prefers the best total to the best pair', () => {
    const scores = [
      [0.9, 0.8],
      [0.85, 0],
    ];
    assert.deepEqual(assign(scores), [1, 0]);
  });

  it('leaves rows alone rather than making a forbidden pair', () => {
    assert.deepEqual(assign([[0, 0.5], [0, 0.6], []]), [-1, 1, -1]);
    assert.deepEqual(assign([]), []);
    assert.deepEqual(assign([[], []]), [-1, -1]);
  });

  it('finds the optimum of random matrices and makes no pair twice', () => {
    const random = seeded(1);
    for (let round = 0; round < 300; round++) {
      const rows = 1 + Math.floor(random() * 5);
      const columns = 1 + Math.floor(random() * 5);
      const scores = Array.from({ length: rows }, () =>
        Array.from({ length: columns }, () => (random() < 0.4 ? 0 : random())),
      );
      const columnOf = assign(scores);
      const pairs = columnOf.filter((column) => column >= 0);
      assert.equal(new Set(pairs).size, pairs.length);
      columnOf.forEach((column, row) => assert.ok(column < 0 || scores[row]![column]! > 0));
      assert.ok(Math.abs(total(scores, columnOf) - bestTotal(scores)) < 1e-9, JSON.stringify(scores));
    }
  });
});
