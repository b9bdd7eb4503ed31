/** Normalisation by percentiles: a dull frame is stretched to the full range. */
import { operation } from '../operation';
import type { Frame } from '../../image/frame';
import { channelHistograms, luminanceHistogram, percentileOf, type Histogram } from '../../pixels/histogram';
import { applyTables, tableOf } from '../../pixels/table';
import { TOP_LEVEL } from '../../pixels/levels';

export const stretch = operation({
  id: 'stretch',
  parameters: [
    { name: 'low', type: 'number', min: 0, max: 49, default: 1, unit: 'percent' },
    { name: 'high', type: 'number', min: 51, max: 100, default: 99, unit: 'percent' },
    // Together keeps colours; each for itself also removes a colour cast.
    { name: 'channels', type: 'choice', choices: ['together', 'each'], default: 'together' },
  ],
  /** The `low` percentile becomes 0 and the `high` one 255, linearly: of the luminance, or of each channel. */
  apply(source, { low, high, channels }, context) {
    const histograms = channels === 'each' ? channelHistograms(source) : together(source);
    const [red, green, blue] = histograms.map((histogram) =>
      stretchingTable(percentileOf(histogram, low), percentileOf(histogram, high)),
    ) as [Uint8Array, Uint8Array, Uint8Array];
    const frame = context.inPlace(source);
    applyTables(source, frame, [red, green, blue]);
    return { frame };
  },
});

function together(source: Frame): readonly [Histogram, Histogram, Histogram] {
  const histogram = luminanceHistogram(source);
  return [histogram, histogram, histogram];
}

function stretchingTable(black: number, white: number): Uint8Array {
  // One level cannot be stretched.
  return tableOf((level) => (white > black ? (TOP_LEVEL * (level - black)) / (white - black) : level));
}
