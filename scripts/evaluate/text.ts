/** Numbers as people read them. */

/** 0.99433 → 99.43 % */
export function percent(share: number, digits = 2): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(digits)} %` : '–';
}

export function similarityText(similarity: number): string {
  return Number.isFinite(similarity) ? similarity.toFixed(4) : '–';
}

export function rounded(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : '–';
}

export function secondsSince(started: number): number {
  return Math.round((performance.now() - started) / 100) / 10;
}

/** Names shown in a table; the JSON has them all. */
const MOST_NAMED = 5;

/** 7: a, b, c, d, e, … */
export function namesShown(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).join(', ');
  return names.length === 0 ? '0' : `${names.length}: ${shown}${names.length > MOST_NAMED ? ', …' : ''}`;
}
