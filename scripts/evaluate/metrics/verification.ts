/**
 * "Same person or not?" by the protocol of LFW's View 2 (Huang, Ramesh, Berg, Learned-Miller 2007): the threshold is
 * chosen on all folds but one and its accuracy measured on the one held out.
 */
import { mean, sampleDeviation } from '../../shared/statistics';

export interface ScoredPair {
  /** Cosine similarity, -1..1. */
  readonly similarity: number;
  readonly same: boolean;
}

/** Share of the pairs that the threshold judges rightly; a pair on it is accepted, as in the gallery. */
export function accuracyAt(pairs: readonly ScoredPair[], threshold: number): number {
  const right = pairs.filter(({ similarity, same }) => similarity >= threshold === same).length;
  return right / pairs.length;
}

/**
 * The threshold with the best accuracy: half-way between two neighbouring similarities; the middle one where several
 * are equally good.
 */
export function bestThreshold(pairs: readonly ScoredPair[]): number {
  const sorted = [...pairs].sort((a, b) => a.similarity - b.similarity);
  // Below all similarities everything is accepted; every step upwards rejects one pair more.
  let right = sorted.filter(({ same }) => same).length;
  let best = right;
  let thresholds = [(sorted[0]?.similarity ?? 0) - 1];
  sorted.forEach(({ similarity, same }, index) => {
    right += same ? -1 : 1;
    const next = sorted[index + 1]?.similarity ?? similarity + 1;
    if (next === similarity || right < best) return;
    if (right > best) thresholds = [];
    best = right;
    const between = (similarity + next) / 2;
    // Half-way between two neighbours among the numbers is one of them.
    thresholds.push(between > similarity ? between : next);
  });
  return thresholds[thresholds.length >> 1]!;
}

export interface Verification {
  /** Mean over the folds. */
  readonly accuracy: number;
  /** Standard deviation over the folds (n − 1); null for a single fold. */
  readonly std: number | null;
  /** Mean of the folds' thresholds. */
  readonly threshold: number;
  readonly folds: readonly { readonly accuracy: number; readonly threshold: number }[];
  /** False for a single fold: the threshold is then chosen on the very pairs it is measured on, which flatters. */
  readonly crossValidated: boolean;
}

export function verify(folds: readonly (readonly ScoredPair[])[]): Verification {
  const crossValidated = folds.length > 1;
  const measured = folds.map((held, index) => {
    const training = crossValidated ? folds.filter((_, other) => other !== index).flat() : held;
    const threshold = bestThreshold(training);
    return { accuracy: accuracyAt(held, threshold), threshold };
  });
  const accuracies = measured.map(({ accuracy }) => accuracy);
  return {
    accuracy: mean(accuracies),
    std: crossValidated ? sampleDeviation(accuracies) : null,
    threshold: mean(measured.map(({ threshold }) => threshold)),
    folds: measured,
    crossValidated,
  };
}
