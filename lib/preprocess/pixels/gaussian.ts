/** Gaussian blur of any width in about the same time: small kernels directly, large ones on a smaller image. */
import { createImage, type Image } from './image';
import { convolve, MAX_REACH, WEIGHT_SUM } from './neighbourhood';

/** A kernel is cut off at this many standard deviations. */
const CUT_OFF = 3;
/** Above this the image has nothing left that half the resolution could not hold. Pixels. */
const LARGEST_DIRECT = MAX_REACH / CUT_OFF;
/** Variance that halving (a box of 2 pixels: 1/4) and doubling by linear interpolation (3/4) add. Square pixels. */
const RESAMPLING_VARIANCE = 1;

/**
 * target = source convolved with a Gaussian of `sigma` pixels, exact to one or two levels. Beyond the border the
 * outermost pixels go on; for a wide Gaussian the means of the outermost blocks of pixels.
 * @param target of the source's size, another image
 */
export function gaussianBlur(source: Image, target: Image, sigma: number): void {
  if (sigma <= LARGEST_DIRECT) {
    convolve(source, target, gaussianWeights(sigma));
    return;
  }
  const { width, height, channels } = source;
  const half = createImage(Math.ceil(width / 2), Math.ceil(height / 2), channels);
  const blurred = createImage(half.width, half.height, channels);
  halve(source, half);
  gaussianBlur(half, blurred, Math.sqrt((sigma * sigma - RESAMPLING_VARIANCE) / 4));
  double(blurred, target);
}

/** Integer weights for the centre and each distance from it; what rounding loses goes to the centre. */
export function gaussianWeights(sigma: number): number[] {
  const reach = Math.max(1, Math.ceil(CUT_OFF * sigma));
  const bell = Array.from({ length: reach + 1 }, (_, k) => Math.exp((-k * k) / (2 * sigma * sigma)));
  const sum = 2 * bell.reduce((total, value) => total + value) - 1;
  const [, ...sides] = bell.map((value) => Math.round((value * WEIGHT_SUM) / sum));
  return [WEIGHT_SUM - 2 * sides.reduce((total, value) => total + value, 0), ...sides];
}

/** Each pixel of the smaller image is the mean of 2 × 2; an odd last row or column counts twice. */
function halve(source: Image, target: Image): void {
  const { data, width, height, channels } = source;
  const length = width * channels;
  // Two rows added up, and the last pixel once more.
  const sums = new Uint16Array(length + channels);
  for (let y = 0; y < target.height; y++) {
    const upper = 2 * y * length;
    const lower = Math.min(2 * y + 1, height - 1) * length;
    addRows(data, upper, lower, sums, length);
    sums.copyWithin(length, length - channels, length);
    const out = target.data.subarray(y * target.width * channels, (y + 1) * target.width * channels);
    for (let channel = 0; channel < channels; channel++) meanOfPairs(sums, out, channel, channels);
  }
}

function addRows(data: Uint8Array, upper: number, lower: number, sums: Uint16Array, length: number): void {
  for (let i = 0; i < length; i++) sums[i] = data[upper + i]! + data[lower + i]!;
}

function meanOfPairs(sums: Uint16Array, out: Uint8Array, channel: number, channels: number): void {
  for (let to = channel, from = channel; to < out.length; to += channels, from += 2 * channels) {
    out[to] = (sums[from]! + sums[from + channels]! + 2) >> 2;
  }
}

/** Linear interpolation to twice the size: each pixel is 3/4 of the nearest and 1/4 of the next, on both axes. */
function double(source: Image, target: Image): void {
  const { data, width, height, channels } = source;
  const length = width * channels;
  // A row of the source, interpolated along y, times 4, with its outermost pixels repeated.
  const sums = new Uint16Array(length + 2 * channels);
  const out = new Uint8Array(2 * length);
  for (let y = 0; y < target.height; y++) {
    const near = y >> 1;
    const far = Math.min(height - 1, Math.max(0, y & 1 ? near + 1 : near - 1));
    weighRows(data, near * length, far * length, sums.subarray(channels, channels + length));
    sums.copyWithin(0, channels, 2 * channels);
    sums.copyWithin(channels + length, length, channels + length);
    for (let channel = 0; channel < channels; channel++) spreadPixels(sums, out, channel, channels);
    const rowBytes = target.width * channels;
    target.data.set(out.subarray(0, rowBytes), y * rowBytes);
  }
}

function weighRows(data: Uint8Array, near: number, far: number, sums: Uint16Array): void {
  for (let i = 0; i < sums.length; i++) sums[i] = 3 * data[near + i]! + data[far + i]!;
}

function spreadPixels(sums: Uint16Array, out: Uint8Array, channel: number, channels: number): void {
  for (let to = channel, at = channels + channel; to < out.length; to += 2 * channels, at += channels) {
    const nearest = 3 * sums[at]! + 8;
    out[to] = (nearest + sums[at - channels]!) >> 4;
    out[to + channels] = (nearest + sums[at + channels]!) >> 4;
  }
}
