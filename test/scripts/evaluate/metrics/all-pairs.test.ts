import assert from 'node:assert/strict';
import { scoreAllPairs } from '../../../../scripts/evaluate/metrics/all-pairs';
import { createRandom, shuffled } from '../../../../scripts/shared/random';

const at = (person: string, degrees: number) => {
  const turn = (degrees / 180) * Math.PI;
  return { person, embedding: Float32Array.of(Math.cos(turn), Math.sin(turn)) };
};
const cos = (degrees: number) => Math.cos((degrees / 180) * Math.PI);
const rounded = (values: ArrayLike<number>) => Array.from(values, (value) => Math.round(value * 1e6) / 1e6);

describe('all pairs', () => {
  const samples = [at('ada', 0), at('bob', 90), at('ada', 10), at('bob', 60)];

  it('compares every image with every other', () => {
    const { genuine, impostor, impostorTotal } = scoreAllPairs(samples, 1000, 0);
    assert.deepEqual(rounded(genuine), rounded([cos(10), cos(30)]));
    assert.deepEqual(rounded(impostor), rounded([cos(90), cos(60), cos(80), cos(50)]));
    assert.equal(impostorTotal, 4);
  });

  it('keeps the worst pairs of either kind, worst first', () => {
    const { leastSimilar, mostSimilar } = scoreAllPairs(samples, 1000, 2);
    assert.deepEqual(
      leastSimilar.map(({ a, b }) => [a, b]),
      [
        [1, 3],
        [0, 2],
      ],
    );
    assert.deepEqual(
      mostSimilar.map(({ a, b }) => [a, b]),
      [
        [2, 3],
        [0, 3],
      ],
    );
  });

  it('samples the impostor pairs when there are too many, the same ones each time', () => {
    const many = Array.from({ length: 100 }, (_, index) => at(`person ${index}`, index));
    const first = scoreAllPairs(many, 500, 0);
    assert.equal(first.impostorTotal, 4950);
    assert.ok(first.impostor.length > 400 && first.impostor.length <= 500);
    assert.deepEqual(scoreAllPairs(many, 500, 0).impostor, first.impostor);
  });
});

describe('random numbers', () => {
  it('are the same for the same seed, between 0 and 1 and spread evenly', () => {
    const random = createRandom(1);
    const values = Array.from({ length: 10_000 }, random);
    assert.ok(values.every((value) => value >= 0 && value < 1));
    assert.ok(Math.abs(values.reduce((sum, value) => sum + value, 0) / values.length - 0.5) < 0.02);
    assert.equal(createRandom(1)(), values[0]);
    assert.notEqual(createRandom(2)(), values[0]);
  });

  it('shuffle without losing anything', () => {
    const items = Array.from({ length: 50 }, (_, index) => index);
    const mixed = shuffled(items, createRandom(3));
    assert.notDeepEqual(mixed, items);
    assert.deepEqual(
      mixed.sort((a, b) => a - b),
      items,
    );
  });
});
