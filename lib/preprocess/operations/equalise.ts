/** Histogram equalisation of the whole frame: every luminance becomes about equally frequent. */
import { operation } from '../operation';
import { kernels, place, PLANE_AT, RESULT_AT, TABLES_AT } from '../../pixels/bands';
import { luminanceHistogram } from '../../pixels/histogram';
import { replaceLuminance } from '../../pixels/luminance';
import { LEVELS, TOP_LEVEL } from '../../pixels/levels';

export const equalise = operation({
  id: 'equalise',
  parameters: [],
  /** A luminance becomes 255 times the share of pixels above the darkest that are no brighter; colours stay. */
  apply(source, _values, context) {
    place(equalisingTable(luminanceHistogram(source)), TABLES_AT);
    const frame = context.inPlace(source);
    replaceLuminance(source, frame, ({ pixels }) => {
      kernels().lookUpPlane(PLANE_AT, RESULT_AT, RESULT_AT + pixels, TABLES_AT);
      return RESULT_AT;
    });
    return { frame };
  },
});

/** The cumulative histogram scaled so that the darkest level that occurs becomes 0 and the brightest 255. */
function equalisingTable(histogram: Float64Array): Uint8Array {
  const darkest = histogram.find((count) => count > 0) ?? 0;
  const spread = histogram.reduce((sum, count) => sum + count, 0) - darkest;
  const table = new Uint8Array(LEVELS);
  let below = -darkest;
  for (let level = 0; level < LEVELS; level++) {
    below += histogram[level]!;
    // A frame of one level has no contrast to spread.
    table[level] = spread === 0 ? level : Math.round((TOP_LEVEL * Math.max(0, below)) / spread);
  }
  return table;
}
