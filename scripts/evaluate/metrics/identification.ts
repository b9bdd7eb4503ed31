/**
 * "Who is it?" with strangers among the probes (open set, Phillips, Grother, Micheals, "Evaluation Methods in Face
 * Recognition", 2011) and among distractors (MegaFace: Kemelmacher-Shlizerman et al. 2016).
 */
import { justAbove, Scores } from './roc';

/** What a gallery answered to one probe: its most similar person. */
export interface Answer {
  /** null for a stranger, whom the gallery does not hold. */
  readonly person: string | null;
  readonly candidate: string;
  /** Of the candidate, -1..1. */
  readonly similarity: number;
}

export interface RatesAt {
  /** From this similarity on a probe is given a name. */
  readonly threshold: number;
  /** False positive identification rate: share of the strangers who are given a name. */
  readonly fpir: number;
  /** True positive identification rate: share of the known people who are named, and rightly. */
  readonly tpir: number;
}

/** The rates at the lowest threshold whose false positive identification rate is at most `wanted`. */
export interface IdentificationPoint extends RatesAt {
  readonly wanted: number;
}

export interface Identification {
  /** Share of the known probes whose most similar person is the right one, whatever the similarity. */
  readonly rank1: number;
  readonly points: readonly IdentificationPoint[];
  readonly at: (threshold: number) => RatesAt;
}

/** Guards the count of strangers allowed against 500 × 0.01 = 5.000000000000001 and its like. */
const ROUNDING = 1e-9;

export function identify(answers: readonly Answer[], wantedRates: readonly number[]): Identification {
  const known = answers.filter(({ person }) => person !== null);
  const right = known.filter(({ person, candidate }) => person === candidate);
  const named = new Scores(right.map(({ similarity }) => similarity));
  const strangers = new Scores(
    answers.filter(({ person }) => person === null).map(({ similarity }) => similarity),
  );
  const at = (threshold: number): RatesAt => ({
    threshold,
    fpir: strangers.shareAtLeast(threshold),
    tpir: named.atLeast(threshold) / known.length,
  });
  return {
    rank1: right.length / known.length,
    points: wantedRates.map((wanted) => ({
      wanted,
      ...at(justAbove(strangers.at(Math.floor(strangers.count * wanted + ROUNDING)))),
    })),
    at,
  };
}

export interface RankAmong {
  readonly distractors: number;
  /** Share of probes whose own person is more similar than every distractor. */
  readonly rank1: number;
}

/**
 * @param mates similarity of each probe with the one image of the same person in the gallery
 * @param hardest for each probe, the highest similarity with the first n distractors, for each of `counts`
 */
export function rankAmongDistractors(
  mates: readonly number[],
  hardest: readonly (readonly number[])[],
  counts: readonly number[],
): RankAmong[] {
  return counts.map((distractors, column) => ({
    distractors,
    rank1: mates.filter((similarity, probe) => similarity > hardest[probe]![column]!).length / mates.length,
  }));
}

/** 10, 100, 1000 … and all: MegaFace's sizes as far as the distractors reach. */
export function distractorCounts(available: number): number[] {
  const counts: number[] = [];
  for (let count = 10; count < available; count *= 10) counts.push(count);
  return [...counts, available];
}
