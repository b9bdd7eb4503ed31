import assert from 'node:assert/strict';
import { applySimilarity, estimateSimilarity, invertSimilarity } from '../../../lib/geometry/similarity';

const square = [
  { x: 0, y: 0 },
  { x: 10, y: 0 },
  { x: 10, y: 10 },
  { x: 0, y: 10 },
];
const close = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} ≠ ${expected}`);

describe('geometry: similarity transform', () => {
  it('recovers scale, rotation and translation', () => {
    const angle = Math.PI / 6;
    const truth = { a: 2 * Math.cos(angle), b: 2 * Math.sin(angle), tx: 5, ty: -3 };
    const found = estimateSimilarity(
      square,
      square.map((point) => applySimilarity(truth, point)),
    )!;
    for (const key of ['a', 'b', 'tx', 'ty'] as const) close(found[key], truth[key]);
  });

  it('never reflects: a mirrored target gives the best rotation, not the mirror', () => {
    const mirrored = square.map(({ x, y }) => ({ x: -x, y }));
    const found = estimateSimilarity([...square, { x: 2, y: 7 }], [...mirrored, { x: -2, y: 7 }])!;
    const mapped = applySimilarity(found, { x: 2, y: 7 });
    assert.ok(Math.hypot(mapped.x + 2, mapped.y - 7) > 0.1);
  });

  it('is undone by its inverse', () => {
    const transform = { a: 1.3, b: -0.4, tx: 12, ty: 7 };
    const back = applySimilarity(invertSimilarity(transform), applySimilarity(transform, { x: 3, y: 4 }));
    close(back.x, 3);
    close(back.y, 4);
  });

  it('is undefined where all points coincide', () => {
    const point = { x: 5, y: 5 };
    assert.equal(estimateSimilarity([point, point, point], square.slice(0, 3)), undefined);
  });
});
