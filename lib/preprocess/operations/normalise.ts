/** Normalisation to a mean and a deviation, of one's choice or of a reference photograph. */
import { operation } from '../operation';
import { deviationOf, luminanceHistogram, meanOf } from '../../pixels/histogram';
import { applyTable, tableOf } from '../../pixels/table';

export const normalise = operation({
  id: 'normalise',
  parameters: [
    // Defaults: about the means over the photographs of LFW, 98 and 63.
    { name: 'mean', type: 'number', min: 0, max: 255, default: 100, unit: 'levels' },
    { name: 'deviation', type: 'number', min: 0, max: 127, default: 60, unit: 'levels' },
    // Without a limit a frame of almost one level would become noise.
    { name: 'maxGain', type: 'number', min: 1, max: 20, default: 4, unit: 'factor' },
  ],
  /** All channels go through the one line that gives the luminance this mean and deviation, before clipping. */
  apply(source, { mean, deviation, maxGain }, context) {
    const histogram = luminanceHistogram(source);
    const gain = gainTo(deviation, deviationOf(histogram), maxGain);
    const centre = meanOf(histogram);
    const frame = context.inPlace(source);
    applyTable(
      source,
      frame,
      tableOf((level) => mean + gain * (level - centre)),
    );
    return { frame, found: { gain } };
  },
});

/** What a deviation is multiplied with to become another one; nothing can be done for a frame of one level. */
export function gainTo(wanted: number, actual: number, maxGain: number): number {
  return actual === 0 ? 1 : Math.min(maxGain, wanted / actual);
}
