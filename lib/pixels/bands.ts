/**
 * Where the kernels work on frames (sources: kernels/luminance.ts, kernels/levels.ts): band after band of whole rows is
 * copied into a memory that stays in the processor's second-level cache, and back.
 */
import { CHANNELS, MAX_SIDE } from '../image/frame';
import { FIRST_ADDRESS } from '../core/kernel-module';
import type { Image } from './image';
import { fixedKernels } from './fixed-kernels';
import { LEVELS } from './levels';

/** Exports of kernels/luminance.ts and kernels/levels.ts; the parameters are explained there. */
interface BandKernels {
  luminance(rgb: number, plane: number, end: number): void;
  recolour(rgb: number, end: number, before: number, after: number, factor: number): void;
  floatLuminance(rgb: number, to: number, end: number): void;
  measureStretches(row: number, stride: number, stretches: number, results: number): void;
  sumBytes(at: number, end: number): number;
  mixChannels(rgb: number, to: number, end: number, red: number, green: number, blue: number): void;
  lookUp(at: number, end: number, red: number, green: number, blue: number): void;
  lookUpPlane(from: number, to: number, end: number, table: number): void;
  countChannels(at: number, end: number, counts: number): void;
  countExtremes(at: number, end: number, counts: number): void;
  countLevels(at: number, end: number, counts: number): void;
  blendTables(upper: number, lower: number, share: number, to: number, bytes: number): void;
  lookUpBetween(from: number, to: number, end: number, left: number, right: number, shares: number): void;
  combine(plane: number, other: number, end: number, own: number, factor: number, offset: number): void;
  addDetail(plane: number, blurred: number, end: number, table: number): void;
  subtractLight(from: number, to: number, end: number, table: number, light: number): void;
  multiplyLight(from: number, to: number, end: number, table: number, light: number): void;
  sumDifferences(from: number, end: number, table: number, light: number, sums: number): void;
  addSquares(from: number, end: number, scale: number, table: number, sums: number): void;
  addInterpolated(coarse: number, length: number, scale: number, row: number, end: number): void;
}

/** A band holds at most this many pixels: at least three rows of the widest frame. */
export const MOST_PIXELS = 3 * MAX_SIDE;
/** What the loops may read and write past the end of an area, bytes. */
const SPARE = 64;
const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT;
/** Tables of the largest grid of tiles that CLAHE makes, twice: as bytes, and a row of it as 16-bit numbers. */
const TABLES_BYTES = 31 * 31 * LEVELS + 2 * 31 * LEVELS;

/** The pixels of a band, and room for as many that are made of them. */
export const RGB_AT = FIRST_ADDRESS;
export const OTHER_RGB_AT = RGB_AT + MOST_PIXELS * CHANNELS + SPARE;
/** Luminances of the band, and what shall become of them. */
export const PLANE_AT = OTHER_RGB_AT + MOST_PIXELS * CHANNELS + SPARE;
export const RESULT_AT = PLANE_AT + MOST_PIXELS + SPARE;
/** Three rows of floats, one behind the other; of two, the second lies at OTHER_ROW_AT. */
export const ROW_AT = RESULT_AT + MOST_PIXELS + SPARE;
export const OTHER_ROW_AT = ROW_AT + MAX_SIDE * FLOAT_BYTES + SPARE;
/** Room for tables and counts. */
export const TABLES_AT = OTHER_ROW_AT + 2 * MAX_SIDE * FLOAT_BYTES + SPARE;

const opened = fixedKernels<BandKernels>(['luminance', 'levels'], TABLES_AT + TABLES_BYTES + SPARE);

export const kernels = (): BandKernels => opened().kernels;
export const memory = (): ArrayBuffer => opened().memory;

/** Some whole rows. */
export interface Band {
  readonly row: number;
  readonly rows: number;
  /** Of its first pixel. */
  readonly start: number;
  readonly pixels: number;
}

/** @param every takes only each n-th row, in bands of one */
export function* bandsOf({ width, height }: Pick<Image, 'width' | 'height'>, every = 1): Generator<Band> {
  const most = every === 1 ? Math.floor(MOST_PIXELS / width) : 1;
  for (let row = 0; row < height; row += most * every) {
    const rows = Math.min(most, height - row);
    yield { row, rows, start: row * width, pixels: rows * width };
  }
}

/** Copies `length` bytes of an image from its byte `from` on to an address. */
export function bring({ data }: Pick<Image, 'data'>, from: number, length: number, at: number): void {
  opened().bytes.set(data.subarray(from, from + length), at);
}

/** Copies `length` bytes at an address into an image, to its byte `to` and the following. */
export function fetchBack({ data }: Pick<Image, 'data'>, to: number, length: number, at: number): void {
  data.set(opened().bytes.subarray(at, at + length), to);
}

/** Brings the pixels of a band to RGB_AT. @returns the address behind them */
export function bringPixels(frame: Pick<Image, 'data'>, { start, pixels }: Band): number {
  bring(frame, start * CHANNELS, pixels * CHANNELS, RGB_AT);
  return RGB_AT + pixels * CHANNELS;
}

/** Writes numbers to an address. */
export function place(values: Uint8Array | Uint16Array | Int16Array | Float32Array, at: number): void {
  opened().bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
}

/** `sets` histograms of zeros at an address. */
export function clearCounts(at: number, sets: number): void {
  opened().bytes.fill(0, at, at + sets * LEVELS * Uint32Array.BYTES_PER_ELEMENT);
}

/** The histogram number `set` of those at an address. */
export function readCounts(at: number, set: number): Float64Array {
  return Float64Array.from(
    new Uint32Array(memory(), at + set * LEVELS * Uint32Array.BYTES_PER_ELEMENT, LEVELS),
  );
}
