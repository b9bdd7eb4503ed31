/** Histograms of 256 levels and what is read from them. */
import { CHANNELS, type Frame } from '../../image/frame';
import type { Image } from './image';
import { REC601 } from './luminance';
import { LEVELS } from './levels';

/** Counts for each level; not necessarily whole numbers. */
export type Histogram = Float64Array;

export function planeHistogram({ data }: Image): Histogram {
  const counts = new Uint32Array(LEVELS);
  for (let i = 0; i < data.length; i++) counts[data[i]!]!++;
  return Float64Array.from(counts);
}

export type ChannelHistograms = readonly [red: Histogram, green: Histogram, blue: Histogram];

/** No statistic of a whole frame needs more pixels than about this. */
const SAMPLES = 250_000;

/** Of every n-th row of a large frame: enough for means and percentiles. */
export function channelHistograms({ data, width, height }: Frame): ChannelHistograms {
  const red = new Uint32Array(LEVELS);
  const green = new Uint32Array(LEVELS);
  const blue = new Uint32Array(LEVELS);
  const rowBytes = width * CHANNELS;
  const step = Math.ceil((width * height) / SAMPLES);
  for (let start = 0; start < data.length; start += step * rowBytes) {
    for (let i = start; i < start + rowBytes; i += CHANNELS) {
      red[data[i]!]!++;
      green[data[i + 1]!]!++;
      blue[data[i + 2]!]!++;
    }
  }
  return [Float64Array.from(red), Float64Array.from(green), Float64Array.from(blue)];
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
