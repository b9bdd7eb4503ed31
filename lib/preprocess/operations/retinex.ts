/**
 * Retinex: the logarithm of each luminance relative to its surroundings, so that shadows and bright windows do not
 * hide a face. Single scale after Jobson, Rahman & Woodell, "Properties and performance of a center/surround
 * retinex" (1997); multiple scales after their "A multiscale retinex" (1997).
 */
import { operation } from '../operation';
import type { Frame } from '../../image/frame';
import { bandsOf, kernels, memory, place, PLANE_AT, RESULT_AT, ROW_AT, TABLES_AT } from '../../pixels/bands';
import { addUpRow, mapValues, slowPart, type SlowMap } from '../../pixels/illumination';
import { bringLuminance, replaceLuminance } from '../../pixels/luminance';
import { LEVELS, TOP_LEVEL } from '../../pixels/levels';

/**
 * Standard deviations of the three surroundings, in percent of the frame's longer side: the 15, 80 and 250 pixels of
 * Jobson et al., whose pictures were 512 pixels wide.
 */
const MULTIPLE_SIGMAS = [3, 16, 50];
/** The range of the result is estimated from no more pixels than about this. */
const SAMPLES = 100_000;

/** Two sums lie behind the table of logarithms. */
const SUMS_AT = TABLES_AT + LEVELS * Float64Array.BYTES_PER_ELEMENT;

/** log(1 + level), so that black is defined. */
const LOG = Float32Array.from({ length: LEVELS }, (_, level) => Math.log1p(level));
const IDENTITY = Float32Array.from({ length: LEVELS }, (_, level) => level);

export const retinex = operation({
  id: 'retinex',
  parameters: [
    { name: 'scales', type: 'choice', choices: ['single', 'multiple'], default: 'single' },
    {
      name: 'sigma',
      type: 'number',
      // Of the frame's longer side.
      min: 1,
      max: 100,
      default: 16,
      unit: 'percent',
      when: { parameter: 'scales', is: 'single' },
    },
    // What lies this many standard deviations below the mean becomes black, and above it white.
    { name: 'range', type: 'number', min: 0.5, max: 6, default: 3, unit: 'factor' },
  ],
  apply(source, { scales, sigma, range }, context) {
    const longerSide = Math.max(source.width, source.height);
    const surroundings = (scales === 'single' ? [sigma] : MULTIPLE_SIGMAS).map((width, _, { length }) =>
      mapValues(
        slowPart(source, (width / 100) * longerSide, IDENTITY),
        (level) => Math.log1p(level) / length,
      ),
    );
    const { mean, deviation } = estimateRange(source, surroundings);
    const middle = TOP_LEVEL / 2;
    // A frame of one luminance has nothing to compare: it becomes mid-grey.
    const gain = deviation === 0 ? 0 : middle / (range * deviation);
    const frame = context.inPlace(source);
    compare(source, frame, surroundings, gain, middle - gain * mean);
    return { frame };
  },
});

/** gain · (log(luminance) − log(surroundings)) + offset */
function compare(
  source: Frame,
  target: Frame,
  surroundings: readonly SlowMap[],
  gain: number,
  offset: number,
): void {
  const { width } = source;
  const scaled = surroundings.map((map) => mapValues(map, (value) => gain * value));
  place(
    LOG.map((value) => gain * value + offset),
    TABLES_AT,
  );
  replaceLuminance(source, target, ({ row, rows }) => {
    for (let i = 0; i < rows; i++) {
      const [from, to] = [PLANE_AT + i * width, RESULT_AT + i * width];
      addUpRow(scaled, row + i, width);
      kernels().subtractLight(from, to, to + width, TABLES_AT, ROW_AT);
    }
    return RESULT_AT;
  });
}

/** Mean and standard deviation of the comparison, from some of the rows. */
function estimateRange(
  frame: Frame,
  surroundings: readonly SlowMap[],
): { readonly mean: number; readonly deviation: number } {
  const { width, height } = frame;
  const sums = new Float64Array(memory(), SUMS_AT, 2);
  sums.fill(0);
  place(LOG, TABLES_AT);
  let count = 0;
  for (const band of bandsOf(frame, Math.max(1, Math.floor((width * height) / SAMPLES)))) {
    bringLuminance(frame, band);
    for (let row = 0; row < band.rows; row++) {
      const from = PLANE_AT + row * width;
      addUpRow(surroundings, band.row + row, width);
      kernels().sumDifferences(from, from + width, TABLES_AT, ROW_AT, SUMS_AT);
    }
    count += band.pixels;
  }
  const [mean = 0, square = 0] = sums.map((sum) => sum / count);
  return { mean, deviation: Math.sqrt(Math.max(0, square - mean * mean)) };
}
