import assert from 'node:assert/strict';
import {
  distractorCounts,
  identify,
  rankAmongDistractors,
} from '../../../../scripts/evaluate/metrics/identification';
import { justAbove } from '../../../../scripts/evaluate/metrics/roc';

describe('identification', () => {
  it('gives rank 1 and the rate of right names at a rate of strangers named', () => {
    const known = (person: string, candidate: string, similarity: number) => ({
      person,
      candidate,
      similarity,
    });
    const stranger = (similarity: number) => ({ person: null, candidate: 'ada', similarity });
    const answers = [
      known('ada', 'ada', 0.9),
      known('ada', 'ada', 0.35),
      known('bob', 'ada', 0.8), // a wrong name, however sure, is no hit
      known('bob', 'bob', 0.6),
      stranger(0.5),
      stranger(0.4),
      stranger(0.3),
      stranger(0.2),
    ];
    const { rank1, points, at } = identify(answers, [0.01, 0.25, 0.5]);
    assert.equal(rank1, 3 / 4);
    assert.deepEqual(points, [
      { wanted: 0.01, threshold: justAbove(0.5), fpir: 0, tpir: 2 / 4 },
      { wanted: 0.25, threshold: justAbove(0.4), fpir: 1 / 4, tpir: 2 / 4 },
      { wanted: 0.5, threshold: justAbove(0.3), fpir: 2 / 4, tpir: 3 / 4 },
    ]);
    assert.deepEqual(at(0.7), { threshold: 0.7, fpir: 0, tpir: 1 / 4 });
    // Who reaches the threshold exactly is named, as in the gallery.
    assert.deepEqual(at(0.6), { threshold: 0.6, fpir: 0, tpir: 2 / 4 });
    assert.deepEqual(at(0.5), { threshold: 0.5, fpir: 1 / 4, tpir: 2 / 4 });
  });

  it('counts a probe as right when its own person beats every distractor', () => {
    const hardest = [
      [0.1, 0.5],
      [0.3, 0.3],
    ];
    assert.deepEqual(rankAmongDistractors([0.4, 0.4], hardest, [10, 100]), [
      { distractors: 10, rank1: 1 },
      { distractors: 100, rank1: 0.5 },
    ]);
  });

  it('grows tenfold up to what there is', () => {
    assert.deepEqual(distractorCounts(4329), [10, 100, 1000, 4329]);
    assert.deepEqual(distractorCounts(100), [10, 100]);
    assert.deepEqual(distractorCounts(7), [7]);
  });
});
