/** Removes a colour cast under the assumption that the world is grey on average (Buchsbaum 1980). */
import { operation } from '../operation';
import { channelHistograms, meanOf } from '../../pixels/histogram';
import { applyTables, gainTable } from '../../pixels/table';

export const greyWorld = operation({
  id: 'grey-world',
  parameters: [
    { name: 'strength', type: 'number', min: 0, max: 100, default: 100, unit: 'percent' },
    // A channel that is almost empty holds little but noise.
    { name: 'maxGain', type: 'number', min: 1, max: 20, default: 8, unit: 'factor' },
  ],
  /** Every channel is multiplied so that its mean becomes the mean of all three, or `strength` of the way there. */
  apply(source, { strength, maxGain }, context) {
    const means = channelHistograms(source).map((histogram) => meanOf(histogram));
    const grey = means.reduce((sum, mean) => sum + mean) / means.length;
    const [red = 1, green = 1, blue = 1] = means.map((mean) => {
      const gain = mean === 0 ? 1 : Math.min(maxGain, grey / mean);
      return 1 + (strength / 100) * (gain - 1);
    });
    const frame = context.inPlace(source);
    applyTables(source, frame, [gainTable(red), gainTable(green), gainTable(blue)]);
    return { frame, found: { red, green, blue } };
  },
});
