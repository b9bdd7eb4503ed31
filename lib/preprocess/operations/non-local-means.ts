/**
 * Non-local means (Buades, Coll & Morel, "Non-Local Means Denoising", Image Processing On Line 1, 2011): each pixel
 * becomes a mean of pixels whose surroundings look alike. The best denoiser here, and the slowest.
 */
import { CHANNELS, type Frame } from '../../image/frame';
import { operation } from '../operation';
import { padFrame } from '../../pixels/image';
import { luminancePlane } from '../../pixels/luminance';

export const nonLocalMeans = operation({
  id: 'non-local-means',
  parameters: [
    // About the standard deviation of the noise.
    { name: 'strength', type: 'number', min: 1, max: 60, default: 10, unit: 'levels' },
    // Of the surroundings that are compared, and of the window in which like ones are sought.
    { name: 'patchRadius', type: 'integer', min: 1, max: 4, default: 1, unit: 'pixels' },
    { name: 'searchRadius', type: 'integer', min: 1, max: 10, default: 3, unit: 'pixels' },
  ],
  /**
   * Surroundings are compared by luminance. Their weight is exp(−max(d² − 2σ², 0) / h²), where d² is the mean squared
   * difference, σ the noise and h = 0.6 · σ … 0.35 · σ by patch size in the paper; here h is σ for every size.
   */
  apply(source, { strength, patchRadius, searchRadius }, context) {
    const frame = context.target(source);
    filter(source, frame, strength, patchRadius, searchRadius);
    return { frame };
  },
});

/** Mean squared differences of patches are looked up in steps of this. Squared levels. */
const STEP = 4;

function filter(source: Frame, target: Frame, strength: number, patch: number, search: number): void {
  const reach = patch + search;
  const padded = padFrame(source, reach);
  const luminance = luminancePlane(padded).data;
  const weights = weightTable(strength);
  const offsets = searchOffsets(search, padded.width);
  // For each offset the sum of squared differences down each column of the patches of the current row.
  const columns = offsets.map(() => new Int32Array(source.width + 2 * patch));
  const side = 2 * patch + 1;
  for (let row = 0; row < side - 1; row++) {
    offsets.forEach((offset, k) => addDifferences(luminance, start(row), offset, columns[k]!, 1));
  }
  // Rounding to whole indices of the table takes part of the same multiplication.
  const toIndex = 1 / (side * side * STEP);
  const sums = new Float32Array(source.width * (CHANNELS + 1));
  for (let y = 0; y < source.height; y++) {
    sums.fill(0);
    const centre = (y + reach) * padded.width + reach;
    offsets.forEach((offset, k) => {
      const column = columns[k]!;
      addDifferences(luminance, start(y + side - 1), offset, column, 1);
      addAlike(padded.data, (centre + offset) * CHANNELS, column, side, toIndex, weights, sums);
      addDifferences(luminance, start(y), offset, column, -1);
    });
    writeMeans(sums, target.data, y * source.width * CHANNELS);
  }

  /** Where the patches' row `row` begins: row 0 is the topmost of the first pixel's patch. */
  function start(row: number): number {
    return (row + search) * padded.width + search;
  }
}

function weightTable(sigma: number): Float32Array {
  const last = Math.ceil((2 * sigma * sigma + 10 * sigma * sigma) / STEP);
  const table = Float32Array.from({ length: last + 1 }, (_, index) =>
    Math.exp(-Math.max(0, index * STEP - 2 * sigma * sigma) / (sigma * sigma)),
  );
  table[last] = 0;
  return table;
}

function searchOffsets(search: number, stride: number): number[] {
  const offsets: number[] = [];
  for (let dy = -search; dy <= search; dy++) {
    for (let dx = -search; dx <= search; dx++) offsets.push(dy * stride + dx);
  }
  return offsets;
}

/** columns += sign · (difference to the pixel at `offset`)², along one row. */
function addDifferences(
  luminance: Uint8Array,
  start: number,
  offset: number,
  columns: Int32Array,
  sign: number,
): void {
  for (let x = 0, i = start; x < columns.length; x++, i++) {
    const difference = luminance[i]! - luminance[i + offset]!;
    columns[x]! += sign * difference * difference;
  }
}

/** Adds to each pixel's sums the pixel at an offset, as much as their patches are alike. */
function addAlike(
  data: Uint8Array,
  start: number,
  columns: Int32Array,
  side: number,
  toIndex: number,
  weights: Float32Array,
  sums: Float32Array,
): void {
  const last = weights.length - 1;
  let distance = 0;
  for (let x = 0; x < side - 1; x++) distance += columns[x]!;
  for (let i = 0, x = side - 1, at = start; x < columns.length; i += 4, x++, at += CHANNELS) {
    distance += columns[x]!;
    const index = (distance * toIndex) | 0;
    const weight = weights[index < last ? index : last]!;
    sums[i]! += weight;
    sums[i + 1]! += weight * data[at]!;
    sums[i + 2]! += weight * data[at + 1]!;
    sums[i + 3]! += weight * data[at + 2]!;
    distance -= columns[x - side + 1]!;
  }
}

function writeMeans(sums: Float32Array, target: Uint8Array, start: number): void {
  for (let i = 0, to = start; i < sums.length; i += 4, to += CHANNELS) {
    const total = sums[i]!;
    target[to] = sums[i + 1]! / total + 0.5;
    target[to + 1] = sums[i + 2]! / total + 0.5;
    target[to + 2] = sums[i + 3]! / total + 0.5;
  }
}
