/** Whether what a process holds has grown, judged from readings that were taken in one and the same state. */
import { median } from '../../shared/statistics';
import type { Readings } from './resources';

/** Medians of the first and of the last quarter of the readings; null where nothing could be read. */
export interface Trend {
  readonly before: number | null;
  readonly after: number | null;
  /** null: too few readings to tell. */
  readonly flat: boolean | null;
}

export type Trends = Readonly<Record<keyof Readings, Trend>>;

const PARTS = 4;
/** Fewer readings say nothing about a trend. */
const FEWEST_READINGS = 4;
/**
 * What may come on top of the first readings: a share, and so many. Thread pools and connections come and go; memory
 * is given back late, and some of it belongs to caches that fill once.
 */
const ALLOWED: Readonly<Record<keyof Readings, { readonly share: number; readonly more: number }>> = {
  descriptors: { share: 0.05, more: 6 },
  threads: { share: 0.05, more: 4 },
  rssMb: { share: 0.15, more: 64 },
};

/** @param readings in the order in which they were taken */
export function trendsOf(readings: readonly Readings[]): Trends {
  return {
    descriptors: trendOf(readings, 'descriptors'),
    threads: trendOf(readings, 'threads'),
    rssMb: trendOf(readings, 'rssMb'),
  };
}

function trendOf(readings: readonly Readings[], name: keyof Readings): Trend {
  if (readings.length === 0) return { before: null, after: null, flat: null };
  const values = readings.map((reading) => reading[name]);
  const quarter = Math.ceil(values.length / PARTS);
  const before = median(values.slice(0, quarter));
  const after = median(values.slice(-quarter));
  const { share, more } = ALLOWED[name];
  const flat = values.length < FEWEST_READINGS ? null : after <= before * (1 + share) + more;
  return { before, after, flat };
}

/** Sentences about what has grown. */
export function growthIn(trends: Trends): string[] {
  return (['descriptors', 'threads', 'rssMb'] as const)
    .filter((name) => trends[name].flat === false)
    .map((name) => `${name} grew from ${String(trends[name].before)} to ${String(trends[name].after)}`);
}

/** "41 → 42 (flat)". */
export function describeTrend({ before, after, flat }: Trend): string {
  if (before === null || after === null) return 'not known here';
  const judged = { true: 'flat', false: 'grown', null: 'too few readings to tell' };
  return `${before} → ${after} (${judged[`${flat}`]})`;
}
