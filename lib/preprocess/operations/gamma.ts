/** Brightens or darkens with a power law, which inverts the response of a badly exposed camera. */
import { operation } from '../operation';
import { channelHistograms, meanOf, pooledHistogram, type Histogram } from '../../pixels/histogram';
import { applyTable, tableOf } from '../../pixels/table';
import { TOP_LEVEL } from '../../pixels/levels';

const MIN_EXPONENT = 0.1;
const MAX_EXPONENT = 10;
/** Halvings of the range of exponents, to below 1/1000. */
const ROUNDS = 16;

export const gamma = operation({
  id: 'gamma',
  parameters: [
    { name: 'mode', type: 'choice', choices: ['automatic', 'fixed'], default: 'automatic' },
    {
      name: 'target',
      type: 'number',
      min: 1,
      max: 254,
      // About the mean luminance of the photographs of LFW, 98.
      default: 100,
      unit: 'levels',
      when: { parameter: 'mode', is: 'automatic' },
    },
    {
      name: 'exponent',
      type: 'number',
      min: MIN_EXPONENT,
      max: MAX_EXPONENT,
      default: 1,
      unit: 'exponent',
      when: { parameter: 'mode', is: 'fixed' },
    },
  ],
  /** level → 255 · (level / 255) ^ exponent; automatic: with the exponent that makes `target` the mean luminance. */
  apply(source, { mode, target, exponent: fixed }, context) {
    const exponent =
      mode === 'fixed' ? fixed : exponentFor(pooledHistogram(channelHistograms(source)), target);
    const frame = context.inPlace(source);
    applyTable(
      source,
      frame,
      tableOf((level) => power(level, exponent)),
    );
    return { frame, found: { exponent } };
  },
});

function power(level: number, exponent: number): number {
  return TOP_LEVEL * (level / TOP_LEVEL) ** exponent;
}

/** The exponent that gives the histogram this mean, by bisection: the mean falls as the exponent rises. */
export function exponentFor(histogram: Histogram, target: number): number {
  let [low, high] = [Math.log(MIN_EXPONENT), Math.log(MAX_EXPONENT)];
  for (let round = 0; round < ROUNDS; round++) {
    const middle = (low + high) / 2;
    const mean = meanOf(histogram, (level) => power(level, Math.exp(middle)));
    if (mean > target) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}
