/**
 * What a threshold costs: false accept rate (FAR, share of impostor pairs accepted) against true accept rate (TAR,
 * share of genuine pairs accepted). A pair is accepted when its similarity is at least the threshold, as in the gallery.
 */
import type { Numbers } from '../../shared/statistics';

/** Similarities sorted from high to low, so that counting what reaches a threshold is a binary search. */
export class Scores {
  private readonly descending: Float64Array;

  constructor(values: Numbers) {
    this.descending = Float64Array.from(values).sort().reverse();
  }

  get count(): number {
    return this.descending.length;
  }

  /** From high to low. */
  get values(): Numbers {
    return this.descending;
  }

  /** The similarity at a rank: 0 is the highest. */
  at(rank: number): number {
    return this.descending[rank] ?? -Infinity;
  }

  /** How many reach the threshold: those that lie on it too. */
  atLeast(threshold: number): number {
    let low = 0;
    let high = this.descending.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.descending[middle]! >= threshold) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  shareAtLeast(threshold: number): number {
    return this.atLeast(threshold) / this.count;
  }
}

/** The next larger number: the lowest threshold that a similarity of `value` does not reach. */
export function justAbove(value: number): number {
  if (!Number.isFinite(value)) return value;
  const number = new DataView(new ArrayBuffer(8));
  // Without the sign of a zero; the bits of a number grow with its magnitude.
  number.setFloat64(0, value + 0);
  number.setBigInt64(0, number.getBigInt64(0) + (value >= 0 ? 1n : -1n));
  return number.getFloat64(0);
}

export interface OperatingPoint {
  /** The false accept rate that was asked for. */
  readonly far: number;
  readonly threshold: number;
  /** The false accept rate that the threshold has on these pairs: at most `far`. */
  readonly measuredFar: number;
  readonly tar: number;
  /** False where there are fewer than 1 / far impostor pairs: the point is then that of no false accept at all. */
  readonly resolved: boolean;
}

/** Guards the count of allowed false accepts against 3000 × 0.001 = 2.9999999999999996. */
const ROUNDING = 1e-9;

/** The lowest threshold whose false accept rate does not exceed `far`. */
export function operatingPoint(genuine: Scores, impostor: Scores, far: number): OperatingPoint {
  const allowed = Math.floor(impostor.count * far + ROUNDING);
  const threshold = justAbove(impostor.at(allowed));
  return {
    far,
    threshold,
    measuredFar: impostor.shareAtLeast(threshold),
    tar: genuine.shareAtLeast(threshold),
    resolved: allowed >= 1,
  };
}

export interface RocPoint {
  readonly threshold: number;
  readonly far: number;
  readonly tar: number;
}

/** The curve at about `count` false accept rates, evenly spaced by their logarithm from one false accept to all. */
export function rocCurve(genuine: Scores, impostor: Scores, count = 200): RocPoint[] {
  const points: RocPoint[] = [];
  let previous = -1;
  for (let i = 0; i <= count; i++) {
    const rank = i === 0 ? 0 : Math.round(impostor.count ** (i / count));
    if (rank === previous) continue;
    previous = rank;
    const threshold = justAbove(impostor.at(rank));
    points.push({ threshold, far: impostor.shareAtLeast(threshold), tar: genuine.shareAtLeast(threshold) });
  }
  return points;
}

/** Probability that a genuine pair is more similar than an impostor pair (Mann and Whitney); ties count half. */
export function areaUnderRoc(genuine: Scores, impostor: Scores): number {
  let wins = 0;
  for (let rank = 0; rank < genuine.count; rank++) {
    const score = genuine.at(rank);
    wins += impostor.count - (impostor.atLeast(score) + impostor.atLeast(justAbove(score))) / 2;
  }
  return wins / (genuine.count * impostor.count);
}

/** The rate at which false accepts and false rejects are as near to equal as these pairs allow. */
export function equalErrorRate(genuine: Scores, impostor: Scores): number {
  // Both rates are monotone in the threshold: search for the rank where they cross.
  let low = 0;
  let high = impostor.count;
  const errorsAt = (rank: number): [accepted: number, rejected: number] => {
    const threshold = justAbove(impostor.at(rank));
    return [impostor.shareAtLeast(threshold), 1 - genuine.shareAtLeast(threshold)];
  };
  while (low < high) {
    const middle = (low + high) >> 1;
    const [accepted, rejected] = errorsAt(middle);
    if (accepted >= rejected) high = middle;
    else low = middle + 1;
  }
  const candidates = [low - 1, low].filter((rank) => rank >= 0).map(errorsAt);
  candidates.sort(([a, b], [c, d]) => Math.abs(a - b) - Math.abs(c - d));
  const [accepted, rejected] = candidates[0]!;
  return (accepted + rejected) / 2;
}

/** At most `count` of the points, evenly chosen, with the first and the last. */
export function thinned<T>(points: readonly T[], count: number): T[] {
  if (points.length <= count) return [...points];
  return Array.from(
    { length: count },
    (_, index) => points[Math.round((index * (points.length - 1)) / (count - 1))]!,
  );
}
