/** Removes a colour cast under the assumption that the brightest thing is white (Land & McCann 1971, "max RGB"). */
import { operation } from '../operation';
import { channelHistograms, percentileOf } from '../pixels/histogram';
import { applyTables, gainTable } from '../pixels/table';
import { TOP_LEVEL } from '../pixels/levels';

export const whitePatch = operation({
  id: 'white-patch',
  parameters: [
    // The very brightest pixels are highlights and noise.
    { name: 'percentile', type: 'number', min: 50, max: 100, default: 99, unit: 'percent' },
    { name: 'strength', type: 'number', min: 0, max: 100, default: 100, unit: 'percent' },
  ],
  /** Every channel is multiplied so that its percentile becomes 255, or `strength` of the way there. */
  apply(source, { percentile, strength }, context) {
    const [red = 1, green = 1, blue = 1] = channelHistograms(source).map((histogram) => {
      const white = Math.max(1, percentileOf(histogram, percentile));
      return 1 + (strength / 100) * (TOP_LEVEL / white - 1);
    });
    const frame = context.inPlace(source);
    applyTables(source, frame, [gainTable(red), gainTable(green), gainTable(blue)]);
    return { frame, found: { red, green, blue } };
  },
});
