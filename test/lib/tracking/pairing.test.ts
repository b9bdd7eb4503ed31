import assert from 'node:assert/strict';
import { assign } from '../../../lib/tracking/assignment';
import { type Pair, pairUp } from '../../../lib/tracking/pairing';
import { seeded } from './synthetic';

const total = (columnOf: readonly number[], scores: readonly (readonly number[])[]) =>
  columnOf.reduce((sum, column, row) => sum + (column < 0 ? 0 : scores[row]![column]!), 0);
const toPairs = (scores: readonly (readonly number[])[]): Pair[] =>
  scores.flatMap((line, row) => line.flatMap((score, column) => (score > 0 ? [{ row, column, score }] : [])));

function assertPaired(columnOf: readonly number[], pairs: readonly Pair[]): void {
  const taken = columnOf.filter((column) => column >= 0);
  assert.equal(new Set(taken).size, taken.length, 'no column is given twice');
  columnOf.forEach((column, row) =>
    assert.ok(column < 0 || pairs.some((pair) => pair.row === row && pair.column === column)),
  );
}

describe('pairing', () => {
  it('leaves alone what has no pair', () => {
    assert.deepEqual(pairUp(2, 3, []), [-1, -1]);
    assert.deepEqual(pairUp(0, 0, []), []);
    assert.deepEqual(pairUp(3, 2, [{ row: 1, column: 1, score: 0.1 }]), [-1, 1, -1]);
  });

  it('does not serve the best pair first where two others are worth more', () => {
    const scores = [
      [0.9, 0.8],
      [0.8, 0],
    ];
    assert.deepEqual(pairUp(2, 2, toPairs(scores)), [1, 0]);
  });

  for (let seed = 1; seed <= 10; seed++)
    it(`is as good as the assignment of everything at once (seed ${seed})`, () => {
      const random = seeded(seed);
      const [rows, columns] = [1 + Math.floor(30 * random()), 1 + Math.floor(30 * random())];
      const scores = Array.from({ length: rows }, () =>
        Array.from({ length: columns }, () => (random() < 0.1 ? 0.01 + random() : 0)),
      );
      const pairs = toPairs(scores);
      const columnOf = pairUp(rows, columns, pairs);
      assertPaired(columnOf, pairs);
      assert.ok(Math.abs(total(columnOf, scores) - total(assign(scores), scores)) < 1e-9);
    });

  it('takes the best pairs first in a group that is too large', () => {
    const SIZE = 200;
    const random = seeded(3);
    const scores = Array.from({ length: SIZE }, (_, row) =>
      Array.from({ length: SIZE }, (_unused, column) => (row === column ? 2 : 0.1 + random())),
    );
    const columnOf = pairUp(SIZE, SIZE, toPairs(scores));
    assert.deepEqual(columnOf, [...scores.keys()]);
  });
});
