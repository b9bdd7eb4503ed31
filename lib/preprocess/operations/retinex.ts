/**
 * Retinex: the logarithm of each luminance relative to its surroundings, so that shadows and bright windows do not
 * hide a face. Single scale after Jobson, Rahman & Woodell, "Properties and performance of a center/surround
 * retinex" (1997); multiple scales after their "A multiscale retinex" (1997).
 */
import { operation } from '../operation';
import { addRow, mapValues, slowPart, type SlowMap } from '../pixels/illumination';
import { createImage, type Image } from '../pixels/image';
import { luminancePlane, replaceLuminance } from '../pixels/luminance';
import { LEVELS, TOP_LEVEL } from '../pixels/levels';

/**
 * Standard deviations of the three surroundings, in percent of the frame's longer side: the 15, 80 and 250 pixels of
 * Jobson et al., whose pictures were 512 pixels wide.
 */
const MULTIPLE_SIGMAS = [3, 16, 50];
/** The range of the result is estimated from no more pixels than about this. */
const SAMPLES = 100_000;

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
    const before = luminancePlane(source);
    const longerSide = Math.max(source.width, source.height);
    const surroundings = (scales === 'single' ? [sigma] : MULTIPLE_SIGMAS).map((width, _, { length }) =>
      mapValues(
        slowPart(before, (width / 100) * longerSide, IDENTITY),
        (level) => Math.log1p(level) / length,
      ),
    );
    const after = compare(before, surroundings, range);
    const frame = context.inPlace(source);
    replaceLuminance(source, frame, before, after);
    return { frame };
  },
});

/** log(luminance) − log(surroundings), laid out over 0..255. */
function compare(plane: Image, surroundings: readonly SlowMap[], range: number): Image {
  const { width, height } = plane;
  const { mean, deviation } = estimateRange(plane, surroundings);
  const middle = TOP_LEVEL / 2;
  // A frame of one luminance has nothing to compare: it becomes mid-grey.
  const gain = deviation === 0 ? 0 : middle / (range * deviation);
  const result = createImage(width, height, 1);
  const row = new Float32Array(width);
  for (let y = 0; y < height; y++) {
    readRow(surroundings, y, row);
    compareRow(plane.data, result.data, y * width, row, gain, middle - gain * mean);
  }
  return result;
}

function readRow(surroundings: readonly SlowMap[], y: number, row: Float32Array): void {
  row.fill(0);
  for (const map of surroundings) addRow(map, y, row);
}

function compareRow(
  source: Uint8Array,
  target: Uint8Array,
  start: number,
  surroundings: Float32Array,
  gain: number,
  offset: number,
): void {
  const logarithms = LOG;
  for (let x = 0, i = start; x < surroundings.length; x++, i++) {
    const value = (logarithms[source[i]!]! - surroundings[x]!) * gain + offset;
    target[i] = value < 0 ? 0 : value > 255 ? 255 : value + 0.5;
  }
}

/** Mean and standard deviation of the comparison, from some of the rows. */
function estimateRange(
  { data, width, height }: Image,
  surroundings: readonly SlowMap[],
): { readonly mean: number; readonly deviation: number } {
  const step = Math.max(1, Math.floor((width * height) / SAMPLES));
  const row = new Float32Array(width);
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (let y = 0; y < height; y += step, count += width) {
    readRow(surroundings, y, row);
    for (let x = 0; x < width; x++) {
      const value = LOG[data[y * width + x]!]! - row[x]!;
      sum += value;
      squares += value * value;
    }
  }
  const mean = sum / count;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / count - mean * mean)) };
}
