/** The few statistics that evaluation and endurance share. All of them refuse nothing: an empty list gives NaN. */

export type Numbers = ArrayLike<number>;

export function mean(values: Numbers): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** Standard deviation of a sample (n − 1 in the denominator); NaN for fewer than two values. */
export function sampleDeviation(values: Numbers): number {
  const centre = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - centre) ** 2;
  return values.length < 2 ? NaN : Math.sqrt(squares / (values.length - 1));
}

/** The middle value; the mean of the two middle ones for an even count. */
export function median(values: Numbers): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export interface Histogram {
  readonly low: number;
  readonly high: number;
  /** Share of all values in each of the equally wide bins; they add up to 1 unless there are no values. */
  readonly shares: readonly number[];
}

/** Values outside low..high count in the first or last bin. */
export function histogram(values: Numbers, low: number, high: number, bins: number): Histogram {
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < values.length; i++) {
    const bin = Math.floor(((values[i]! - low) / (high - low)) * bins);
    counts[Math.min(Math.max(bin, 0), bins - 1)]! += 1;
  }
  return { low, high, shares: counts.map((count) => count / Math.max(1, values.length)) };
}
