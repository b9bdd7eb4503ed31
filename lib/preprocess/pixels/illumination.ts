/**
 * The slowly varying part of a plane: what light does to a scene, as retinex and homomorphic filtering understand
 * it. Kept at a low resolution, which is all that a wide Gaussian leaves, in floating point.
 */
import type { Image } from './image';

export interface SlowMap {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
  /** Pixels of the plane along each side of one value. */
  readonly scale: number;
}

/** The map is as coarse as leaves the Gaussian at least this many of its values wide. */
const LEAST_SIGMA = 2;
const CUT_OFF = 3;
/** What averaging over a value's square (1/12) and linear interpolation (1/6) blur, in squared values of the map. */
const RESAMPLING_VARIANCE = 1 / 4;

/**
 * The plane, each level replaced by encode[level], convolved with a Gaussian of `sigma` pixels; the border repeats
 * its outermost values.
 */
export function slowPart(plane: Image, sigma: number, encode: Float32Array): SlowMap {
  const scale = 2 ** Math.max(0, Math.floor(Math.log2(sigma / LEAST_SIGMA)));
  const map = shrink(plane, scale, encode);
  const variance = (sigma / scale) ** 2 - (scale > 1 ? RESAMPLING_VARIANCE : 0);
  const weights = bell(Math.sqrt(variance));
  const blurred = blurRowsTransposed(blurRowsTransposed(map, weights), weights);
  return { ...blurred, scale };
}

/** The map with every value replaced. */
export function mapValues(map: SlowMap, formula: (value: number) => number): SlowMap {
  return { ...map, data: map.data.map(formula) };
}

/** Adds the map's values at the pixels of row y, interpolated linearly, to `row`. */
export function addRow({ data, width, height, scale }: SlowMap, y: number, row: Float32Array): void {
  const v = Math.min(height - 1, Math.max(0, (y + 0.5) / scale - 0.5));
  const top = Math.floor(v);
  const upper = top * width;
  const lower = Math.min(height - 1, top + 1) * width;
  const fy = v - top;
  const at = (column: number): number => {
    const i = Math.min(width - 1, Math.max(0, column));
    return data[upper + i]! * (1 - fy) + data[lower + i]! * fy;
  };
  // From the centre of one value's square to the centre of the next the result is a straight line.
  for (let column = -1, x = 0; x < row.length; column++) {
    const from = at(column);
    const slope = (at(column + 1) - from) / scale;
    const centre = (column + 0.5) * scale;
    const end = Math.min(row.length, Math.ceil(centre + scale - 0.5));
    x = addLine(row, x, end, from + slope * (x + 0.5 - centre), slope);
  }
}

function addLine(row: Float32Array, from: number, end: number, first: number, slope: number): number {
  let x = from;
  for (let value = first; x < end; x++, value += slope) row[x]! += value;
  return x;
}

type Map = Omit<SlowMap, 'scale'>;

/** Means over squares of scale × scale pixels; those at the right and lower border may be cut. */
function shrink({ data, width, height }: Image, scale: number, encode: Float32Array): Map {
  const columns = Math.ceil(width / scale);
  const rows = Math.ceil(height / scale);
  const map = new Float32Array(columns * rows);
  const sums = new Float32Array(columns);
  for (let row = 0; row < rows; row++) {
    const bottom = Math.min(height, (row + 1) * scale);
    sums.fill(0);
    for (let y = row * scale; y < bottom; y++) addSquares(data, y * width, width, scale, encode, sums);
    for (let column = 0; column < columns; column++) {
      const area = (bottom - row * scale) * (Math.min(width, (column + 1) * scale) - column * scale);
      map[row * columns + column] = sums[column]! / area;
    }
  }
  return { data: map, width: columns, height: rows };
}

function addSquares(
  data: Uint8Array,
  start: number,
  width: number,
  scale: number,
  encode: Float32Array,
  sums: Float32Array,
): void {
  for (let column = 0, x = 0; x < width; column++) {
    let sum = 0;
    for (const end = Math.min(width, x + scale); x < end; x++) sum += encode[data[start + x]!]!;
    sums[column]! += sum;
  }
}

/** Weights of a Gaussian for the centre and each distance from it, with sum 1 over both sides. */
function bell(sigma: number): Float32Array {
  const reach = Math.ceil(CUT_OFF * sigma);
  const weights = Float32Array.from({ length: reach + 1 }, (_, k) =>
    Math.exp((-k * k) / (2 * sigma * sigma)),
  );
  const sum = 2 * weights.reduce((total, weight) => total + weight, 0) - weights[0]!;
  return weights.map((weight) => weight / sum);
}

/** Convolves along the rows and swaps the axes, so that two calls convolve along both. */
function blurRowsTransposed({ data, width, height }: Map, weights: Float32Array): Map {
  const reach = weights.length - 1;
  const result = new Float32Array(data.length);
  const padded = new Float32Array(width + 2 * reach);
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * width, (y + 1) * width);
    padded.set(row, reach);
    padded.fill(row[0]!, 0, reach);
    padded.fill(row[width - 1]!, reach + width);
    for (let x = 0; x < width; x++) {
      let sum = weights[0]! * padded[reach + x]!;
      for (let k = 1; k <= reach; k++) sum += weights[k]! * (padded[reach + x - k]! + padded[reach + x + k]!);
      result[x * height + y] = sum;
    }
  }
  return { data: result, width: height, height: width };
}
