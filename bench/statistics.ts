/** Figures from repeated runs. */

/** The middle value; the mean of the two middle ones of an even count; NaN without values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** To two decimals: what is behind them is noise. */
export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

type Stages = Readonly<Record<string, number>>;

/** One figure for each stage that occurs, over several takes of the stages; a take without a stage counts as 0. */
export function perStage(takes: readonly Stages[], figure: (values: readonly number[]) => number): Stages {
  const names = [...new Set(takes.flatMap((take) => Object.keys(take)))];
  return Object.fromEntries(names.map((name) => [name, figure(takes.map((take) => take[name] ?? 0))]));
}
