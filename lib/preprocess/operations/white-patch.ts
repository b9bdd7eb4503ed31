/** Removes a colour cast under the assumption that the brightest thing is white (Land & McCann 1971, "max RGB"). */
import { operation } from '../operation';
import { channelHistograms, percentileOf } from '../../pixels/histogram';
import { applyTables, gainTable } from '../../pixels/table';
import { TOP_LEVEL } from '../../pixels/levels';

export const whitePatch = operation({
  id: 'white-patch',
  parameters: [
    // The very brightest pixels are highlights and noise.
    { name: 'percentile', type: 'number', min: 50, max: 100, default: 99, unit: 'percent' },
    { name: 'strength', type: 'number', min: 0, max: 100, default: 100, unit: 'percent' },
    // Where nothing is bright, the brightest is noise; by default as in grey-world.
    { name: 'maxGain', type: 'number', min: 1, max: 20, default: 8, unit: 'factor' },
  ],
  /** Every channel is multiplied so that its percentile becomes 255, by at most maxGain, or `strength` of the way there. */
  apply(source, { percentile, strength, maxGain }, context) {
    const [red = 1, green = 1, blue = 1] = channelHistograms(source).map((histogram) => {
      const white = percentileOf(histogram, percentile);
      // A channel of which nothing is left cannot be mended.
      const gain = white === 0 ? 1 : Math.min(maxGain, TOP_LEVEL / white);
      return 1 + (strength / 100) * (gain - 1);
    });
    const frame = context.inPlace(source);
    applyTables(source, frame, [gainTable(red), gainTable(green), gainTable(blue)]);
    return { frame, found: { red, green, blue } };
  },
});
