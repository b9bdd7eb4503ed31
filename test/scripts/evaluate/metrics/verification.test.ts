import assert from 'node:assert/strict';
import {
  accuracyAt,
  bestThreshold,
  verify,
  type ScoredPair,
} from '../../../../scripts/evaluate/metrics/verification';

const pairs = (genuine: readonly number[], impostor: readonly number[]): ScoredPair[] => [
  ...genuine.map((similarity) => ({ similarity, same: true })),
  ...impostor.map((similarity) => ({ similarity, same: false })),
];

describe('verification', () => {
  it('judges a pair by whether it reaches the threshold', () => {
    const four = pairs([0.9, 0.3], [0.5, 0.1]);
    assert.equal(accuracyAt(four, 0.4), 0.5);
    assert.equal(accuracyAt(four, 0.6), 0.75);
    // On the threshold is accepted, as in the gallery: right for a genuine pair, wrong for an impostor one.
    assert.equal(accuracyAt(four, 0.3), 0.75);
    assert.equal(accuracyAt(four, 0.5), 0.5);
  });

  it('chooses the threshold half-way between the two pairs that it parts', () => {
    assert.ok(Math.abs(bestThreshold(pairs([0.9, 0.8], [0.4, 0.1])) - 0.6) < 1e-12);
  });

  it('parts pairs between which there is no number', () => {
    const [lower, higher] = [0.5, 0.5 + Number.EPSILON / 2];
    const two = pairs([higher], [lower]);
    assert.equal(accuracyAt(two, bestThreshold(two)), 1);
  });

  it('may accept everything or nothing', () => {
    assert.ok(bestThreshold(pairs([0.1, 0.2], [])) < 0.1);
    assert.ok(bestThreshold(pairs([], [0.1, 0.2])) > 0.2);
  });

  it('puts no threshold between pairs of the same similarity', () => {
    // At 0.5 either both pass or neither: three of four are right only above 0.5 or below it.
    const threshold = bestThreshold(pairs([0.9, 0.5], [0.5, 0.1]));
    assert.equal(accuracyAt(pairs([0.9, 0.5], [0.5, 0.1]), threshold), 0.75);
  });

  it('measures each fold with the threshold of the others', () => {
    // Fold 2 alone would choose 0.3, fold 1 alone 0.6: each is measured with the other's.
    const folds = [pairs([0.8, 0.7], [0.5, 0.2]), pairs([0.9, 0.4], [0.2, 0.1])];
    const { accuracy, std, threshold, crossValidated, folds: measured } = verify(folds);
    assert.ok(Math.abs(measured[0]!.threshold - 0.3) < 1e-12);
    assert.ok(Math.abs(measured[1]!.threshold - 0.6) < 1e-12);
    assert.deepEqual(
      measured.map((fold) => fold.accuracy),
      [0.75, 0.75],
    );
    assert.equal(accuracy, 0.75);
    assert.equal(std, 0);
    assert.ok(Math.abs(threshold - 0.45) < 1e-12);
    assert.equal(crossValidated, true);
  });

  it('gives the deviation over the folds', () => {
    const easy = pairs([0.9, 0.8], [0.2, 0.1]);
    const { std, folds } = verify([easy, easy, pairs([0.9, 0.1], [0.2, 0.15])]);
    // With the threshold 0.5: 1, 1 and 3/4. Mean 11/12, squares (1 + 1 + 4) / 144 over 2.
    assert.deepEqual(
      folds.map((fold) => fold.accuracy),
      [1, 1, 0.75],
    );
    assert.ok(Math.abs(std! - Math.sqrt(1 / 48)) < 1e-12);
  });

  it('says that a single fold is measured on itself', () => {
    const { accuracy, std, crossValidated } = verify([pairs([0.9, 0.4], [0.5, 0.1])]);
    assert.equal(accuracy, 0.75);
    assert.equal(std, null);
    assert.equal(crossValidated, false);
  });
});
