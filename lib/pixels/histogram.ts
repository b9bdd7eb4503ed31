/** Histograms of 256 levels and what is read from them. */
import type { Frame } from '../image/frame';
import { bandsOf, bringPixels, clearCounts, kernels, PLANE_AT, readCounts, RGB_AT, TABLES_AT } from './bands';
import { bringLuminance, REC601 } from './luminance';
import { LEVELS } from './levels';

/** Counts for each level; not necessarily whole numbers. */
export type Histogram = Float64Array;

/** Of the luminance. @param every counts only each n-th row */
export function luminanceHistogram(frame: Frame, every = 1): Histogram {
  clearCounts(TABLES_AT, 2);
  for (const band of bandsOf(frame, every)) {
    bringLuminance(frame, band);
    kernels().countLevels(PLANE_AT, PLANE_AT + band.pixels, TABLES_AT);
  }
  const others = readCounts(TABLES_AT, 1);
  return readCounts(TABLES_AT, 0).map((count, level) => count + others[level]!);
}

export type ChannelHistograms = readonly [red: Histogram, green: Histogram, blue: Histogram];

/** No statistic of a whole frame needs more pixels than about this. */
const SAMPLES = 250_000;

/** Of every n-th row of a large frame: enough for means and percentiles. */
export function channelHistograms(
  frame: Frame,
  every = Math.ceil((frame.width * frame.height) / SAMPLES),
): ChannelHistograms {
  clearCounts(TABLES_AT, 3);
  for (const band of bandsOf(frame, every)) {
    kernels().countChannels(RGB_AT, bringPixels(frame, band), TABLES_AT);
  }
  return [readCounts(TABLES_AT, 0), readCounts(TABLES_AT, 1), readCounts(TABLES_AT, 2)];
}

/** How often each level is the strongest, and the weakest, of a pixel's channels. */
export function extremeHistograms(
  frame: Frame,
  every = 1,
): { readonly strongest: Histogram; readonly weakest: Histogram } {
  clearCounts(TABLES_AT, 2);
  for (const band of bandsOf(frame, every)) {
    kernels().countExtremes(RGB_AT, bringPixels(frame, band), TABLES_AT);
  }
  return { strongest: readCounts(TABLES_AT, 0), weakest: readCounts(TABLES_AT, 1) };
}

/**
 * The channels' levels pooled with Rec. 601 weights. Its mean is the mean luminance, and remains so through any
 * table that is applied to all three channels.
 */
export function pooledHistogram(channels: ChannelHistograms): Histogram {
  return Float64Array.from({ length: LEVELS }, (_, level) =>
    channels.reduce((sum, counts, channel) => sum + REC601[channel]! * counts[level]!, 0),
  );
}

export function meanOf(histogram: Histogram, value: (level: number) => number = (level) => level): number {
  let sum = 0;
  let count = 0;
  histogram.forEach((share, level) => {
    sum += share * value(level);
    count += share;
  });
  return sum / count;
}

export function deviationOf(histogram: Histogram): number {
  const mean = meanOf(histogram);
  return Math.sqrt(meanOf(histogram, (level) => (level - mean) ** 2));
}

/** The lowest level that at least `percent` of the values lie at or below. */
export function percentileOf(histogram: Histogram, percent: number): number {
  const total = histogram.reduce((sum, share) => sum + share, 0);
  let below = 0;
  for (let level = 0; level < LEVELS; level++) {
    below += histogram[level]!;
    if (below > 0 && below >= (percent / 100) * total) return level;
  }
  return LEVELS - 1;
}
