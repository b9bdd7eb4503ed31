/**
 * Filters over a neighbourhood as WebAssembly SIMD (source: kernels/filters.ts). The image passes through in bands of
 * rows whose borders are padded by repeating the outermost pixels, so that the loops know no borders and the memory
 * stays small whatever the image's size.
 */
import { CHANNELS, MAX_SIDE } from '../image/frame';
import { padRow, type Image } from './image';
import { FIRST_ADDRESS } from '../core/kernel-module';
import { fixedKernels } from './fixed-kernels';

/** The largest convolution kernel reaches this many pixels to each side. */
export const MAX_REACH = 9;
/** Weights of a convolution sum to this (1 << WEIGHT_BITS of kernels/filters.ts). */
export const WEIGHT_SUM = 256;

/** Exports of kernels/filters.ts; the parameters are explained there. */
interface Filters {
  convolve(from: number, to: number, end: number, step: number, reach: number, weights: number): void;
  median3(from: number, to: number, stride: number, rows: number, ranks: number): void;
  median5(from: number, to: number, stride: number, rows: number, ranks: number): void;
  halveRow(upper: number, lower: number, to: number, end: number, channels: number): void;
  weighRows(near: number, far: number, sums: number, bytes: number): void;
  doubleRow(sums: number, to: number, end: number, channels: number): void;
}

/** Bytes of a SIMD register: the loops read and write up to one past the end of an area. */
const REGISTER = 16;
/** Bytes of the widest row, with its borders and what the loops may pass its end by. */
const WIDEST_ROW = (MAX_SIDE + 2 * MAX_REACH) * CHANNELS + 3 * REGISTER;
/** Room for weights, or for a few rows: of ranks that medians are chosen from, or of sums. */
const SCRATCH_AT = FIRST_ADDRESS;
const SCRATCH_ROWS = 5;
const BANDS_AT = SCRATCH_AT + SCRATCH_ROWS * WIDEST_ROW;
/** A band is about this large: it and its result stay in the processor's second-level cache. */
const BAND_BYTES = 262_144;
/** Rows of a band of the widest image; its borders have as many again. */
const FEWEST_ROWS = 2 * MAX_REACH;
const LARGEST_BAND = 2 * FEWEST_ROWS * WIDEST_ROW;

const opened = fixedKernels<Filters>(['filters'], BANDS_AT + 2 * LARGEST_BAND);

/**
 * target = Σ weights[|k|] · source at k pixels, first along rows, then along columns.
 * @param weights weights[0] for the centre, weights[k] for both pixels at distance k; weights[0] + 2 Σ weights[k] is
 *   WEIGHT_SUM, none is negative, and there are at most MAX_REACH + 1.
 * @param target of the source's size, another image
 */
export function convolve(source: Image, target: Image, weights: readonly number[]): void {
  const reach = weights.length - 1;
  const { kernels, memory } = opened();
  forEachBand(source, target, reach, ({ first, second, stride, rows }) => {
    new Uint16Array(memory, SCRATCH_AT, weights.length).set(weights);
    const pixel = reach * source.channels;
    const row = reach * stride;
    const allRows = rows + 2 * reach;
    const end = second + allRows * stride - pixel;
    kernels.convolve(first + pixel, second + pixel, end, source.channels, reach, SCRATCH_AT);
    kernels.convolve(second + row, first + row, first + row + rows * stride, stride, reach, SCRATCH_AT);
    return first + row + pixel;
  });
}

/** target = the median of each channel over (2 · radius + 1)² pixels; frames only. @param radius 1 or 2 */
export function medianFilter(source: Image, target: Image, radius: number): void {
  forEachBand(source, target, radius, ({ first, second, stride, rows }) => {
    opened().kernels[radius === 1 ? 'median3' : 'median5'](first, second, stride, rows, SCRATCH_AT);
    return second;
  });
}

interface Band {
  /** Where the padded rows lie, and where as many bytes are free. */
  readonly first: number;
  readonly second: number;
  /** Bytes of a padded row. */
  readonly stride: number;
  /** Rows of the result; the padded band has `reach` more above and below. */
  readonly rows: number;
}

/**
 * Pads band after band of the source into the memory, lets `filter` run over it and copies the rows of the result
 * from where it says that they begin.
 */
function forEachBand(source: Image, target: Image, reach: number, filter: (band: Band) => number): void {
  const { width, height, channels } = source;
  const stride = (width + 2 * reach) * channels;
  const bandRows = Math.min(height, Math.max(FEWEST_ROWS, Math.ceil(BAND_BYTES / stride)));
  const bandBytes = (bandRows + 2 * reach) * stride + 2 * REGISTER;
  const first = BANDS_AT;
  const second = first + Math.ceil(bandBytes / REGISTER) * REGISTER;
  const { bytes } = opened();
  const rowBytes = width * channels;
  for (let top = 0; top < height; top += bandRows) {
    const rows = Math.min(bandRows, height - top);
    for (let i = 0; i < rows + 2 * reach; i++) {
      const y = Math.min(height - 1, Math.max(0, top + i - reach));
      padRow(
        source.data.subarray(y * rowBytes, (y + 1) * rowBytes),
        bytes,
        first + i * stride,
        reach,
        channels,
      );
    }
    const result = filter({ first, second, stride, rows });
    for (let i = 0; i < rows; i++) {
      const from = result + i * stride;
      target.data.set(bytes.subarray(from, from + rowBytes), (top + i) * rowBytes);
    }
  }
}

/** Where a row, two, and what is made of them lie; a pixel and more is free before and behind each. */
const [NEAR_AT, FAR_AT, SUMS_AT, RESULT_AT] = [0, 1, 2, 4].map(
  (row) => SCRATCH_AT + row * WIDEST_ROW + REGISTER,
) as [number, number, number, number];

/** target = source at half the size: each pixel is the mean of 2 × 2; an odd last row or column counts twice. */
export function halve(source: Image, target: Image): void {
  const { bytes, kernels } = opened();
  const { data, width, height, channels } = source;
  const length = width * channels;
  const rowBytes = target.width * channels;
  const bring = (y: number, at: number): void =>
    padRow(data.subarray(y * length, (y + 1) * length), bytes, at - channels, 1, channels);
  for (let y = 0; y < target.height; y++) {
    bring(2 * y, NEAR_AT);
    bring(Math.min(2 * y + 1, height - 1), FAR_AT);
    kernels.halveRow(NEAR_AT, FAR_AT, RESULT_AT, RESULT_AT + rowBytes, channels);
    target.data.set(bytes.subarray(RESULT_AT, RESULT_AT + rowBytes), y * rowBytes);
  }
}

/**
 * target = source at twice the size by linear interpolation: each pixel is 3/4 of the nearest and 1/4 of the next, on
 * both axes.
 * @param target its sides may be one pixel shorter than twice the source's
 */
export function double(source: Image, target: Image): void {
  const { bytes, kernels } = opened();
  const { data, width, height, channels } = source;
  const length = width * channels;
  const rowBytes = target.width * channels;
  const [from, to] = [SUMS_AT, SUMS_AT + 2 * length];
  const pixel = 2 * channels;
  for (let y = 0; y < target.height; y++) {
    const near = y >> 1;
    const far = Math.min(height - 1, Math.max(0, y & 1 ? near + 1 : near - 1));
    bytes.set(data.subarray(near * length, (near + 1) * length), NEAR_AT);
    bytes.set(data.subarray(far * length, (far + 1) * length), FAR_AT);
    kernels.weighRows(NEAR_AT, FAR_AT, SUMS_AT, length);
    bytes.copyWithin(from - pixel, from, from + pixel);
    bytes.copyWithin(to, to - pixel, to);
    kernels.doubleRow(SUMS_AT, RESULT_AT, RESULT_AT + rowBytes, channels);
    target.data.set(bytes.subarray(RESULT_AT, RESULT_AT + rowBytes), y * rowBytes);
  }
}
