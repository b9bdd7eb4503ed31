/**
 * The slowly varying part of a frame's luminance: what light does to a scene, as retinex and homomorphic filtering
 * understand it. Kept at a low resolution, which is all that a wide Gaussian leaves, in floating point.
 */
import type { Frame } from '../image/frame';
import { bandsOf, kernels, memory, OTHER_ROW_AT, place, PLANE_AT, ROW_AT, TABLES_AT } from './bands';
import { bringLuminance } from './luminance';

export interface SlowMap {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
  /** Pixels of the frame along each side of one value. */
  readonly scale: number;
}

/** The map is as coarse as leaves the Gaussian at least this many of its values wide. */
const LEAST_SIGMA = 2;
const CUT_OFF = 3;
/** What averaging over a value's square (1/12) and linear interpolation (1/6) blur, in squared values of the map. */
const RESAMPLING_VARIANCE = 1 / 4;

/**
 * The luminance, each level replaced by encode[level], convolved with a Gaussian of `sigma` pixels; the border repeats
 * its outermost values.
 */
export function slowPart(frame: Frame, sigma: number, encode: Float32Array): SlowMap {
  const scale = 2 ** Math.max(0, Math.floor(Math.log2(sigma / LEAST_SIGMA)));
  const map = shrink(frame, scale, encode);
  const variance = (sigma / scale) ** 2 - (scale > 1 ? RESAMPLING_VARIANCE : 0);
  const weights = bell(Math.sqrt(variance));
  const blurred = blurRowsTransposed(blurRowsTransposed(map, weights), weights);
  return { ...blurred, scale };
}

/** The map with every value replaced. */
export function mapValues(map: SlowMap, formula: (value: number) => number): SlowMap {
  return { ...map, data: map.data.map(formula) };
}

/** Adds up the maps' values at the pixels of row y, interpolated linearly: `width` floats at ROW_AT. */
export function addUpRow(maps: readonly SlowMap[], y: number, width: number): void {
  const row = new Float32Array(memory(), ROW_AT, width);
  row.fill(0);
  for (const map of maps) {
    place(mapRow(map, y), OTHER_ROW_AT);
    const end = ROW_AT + row.byteLength;
    kernels().addInterpolated(OTHER_ROW_AT, map.width, map.scale, ROW_AT, end);
  }
}

/** The map's values, interpolated linearly between its rows, at the height of row y. */
function mapRow({ data, width, height, scale }: SlowMap, y: number): Float32Array {
  const v = Math.min(height - 1, Math.max(0, (y + 0.5) / scale - 0.5));
  const top = Math.floor(v);
  const lower = Math.min(height - 1, top + 1) * width;
  const fy = v - top;
  return data
    .subarray(top * width, (top + 1) * width)
    .map((value, column) => value * (1 - fy) + data[lower + column]! * fy);
}

type Map = Omit<SlowMap, 'scale'>;

/** Means over squares of scale × scale pixels; those at the right and lower border may be cut. */
function shrink(frame: Frame, scale: number, encode: Float32Array): Map {
  const columns = Math.ceil(frame.width / scale);
  const rows = Math.ceil(frame.height / scale);
  const map = new Float32Array(columns * rows);
  const sums = new Float32Array(memory(), ROW_AT, columns);
  place(encode, TABLES_AT);
  sums.fill(0);
  for (const band of bandsOf(frame)) {
    bringLuminance(frame, band);
    for (let row = 0; row < band.rows; row++) {
      const at = PLANE_AT + row * frame.width;
      kernels().addSquares(at, at + frame.width, scale, TABLES_AT, ROW_AT);
      const bottom = band.row + row + 1;
      if (bottom % scale !== 0 && bottom !== frame.height) continue;
      const mapRow = Math.ceil(bottom / scale) - 1;
      for (let column = 0; column < columns; column++) {
        const area =
          (bottom - mapRow * scale) * (Math.min(frame.width, (column + 1) * scale) - column * scale);
        map[mapRow * columns + column] = sums[column]! / area;
      }
      sums.fill(0);
    }
  }
  return { data: map, width: columns, height: rows };
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
