/** Spreads the levels away from the middle, or draws them towards it. */
import { operation } from '../operation';
import { channelHistograms, meanOf, pooledHistogram } from '../../pixels/histogram';
import { applyTable, tableOf } from '../../pixels/table';
import { TOP_LEVEL } from '../../pixels/levels';

export const contrast = operation({
  id: 'contrast',
  parameters: [
    { name: 'factor', type: 'number', min: 0, max: 10, default: 1, unit: 'factor' },
    // What stays as it is: the middle of the range, or the mean luminance of the frame.
    { name: 'pivot', type: 'choice', choices: ['middle', 'mean'], default: 'middle' },
  ],
  apply(source, { factor, pivot }, context) {
    const centre = pivot === 'mean' ? meanOf(pooledHistogram(channelHistograms(source))) : TOP_LEVEL / 2;
    const frame = context.inPlace(source);
    applyTable(
      source,
      frame,
      tableOf((level) => centre + factor * (level - centre)),
    );
    return { frame };
  },
});
