/**
 * The inner loops of the pixel work around the networks, in AssemblyScript: TypeScript that compiles to WebAssembly
 * with SIMD. All arguments named `…At` are byte addresses in the module's memory; lib/pixels/kernel-memory.ts lays it out.
 * Reads may pass the end of an area by a row of pixels (with weight 0) and 16 bytes, writes by 16 bytes.
 */
import { floatLuminance } from './shared/channels';

const CHANNELS = 3;
/** Bytes of a SIMD register. */
const STEP = 16;

/**
 * Separable resampling works in fixed point. A table says for every output row or column which input pixels it is
 * made of: `start: i32`, the first of them, then for each two of them `weights: i16[2]`, in parts of 1 << WEIGHT_BITS.
 * Two 16-bit products are summed by one instruction.
 */
const WEIGHT_BITS = 14;
const WHOLE: i32 = 1 << WEIGHT_BITS;
/** Values in between are words: 16 bits, so many of them behind the point that 255 just fits. */
const WORD_BITS = 7;
const PAIR_BYTES = 4;
const START_BYTES = 4;
const PIXEL_WORD_BYTES = 2 * CHANNELS;
/** What the last bit of a sum of sums is worth. */
const UNIT: f32 = 1.0 / <f32>(1 << (WEIGHT_BITS + WORD_BITS));

/**
 * Resamples interleaved RGB into three float planes.
 * @param valueBytes 1 where the source holds bytes; 2 where it holds words, with WORD_BITS behind the point
 * @param rowBytes bytes of a row that the columns are made of
 * @param scratchAt room for one row of words
 * @param wordsAt where the result is wanted as interleaved words too; or 0
 */
export function resample(
  valueBytes: i32, sourceAt: usize, stride: usize, rowBytes: i32,
  columnsAt: usize, columnPairs: i32, width: i32,
  rowsAt: usize, rowPairs: i32, height: i32,
  scratchAt: usize, planesAt: usize, wordsAt: usize,
): void {
  const planeBytes = <usize>(width * height) << 2;
  for (let y = 0; y < height; y++) {
    const firstAt = sourceAt + <usize>load<i32>(rowsAt) * stride;
    const weightsAt = rowsAt + START_BYTES;
    if (valueBytes === 1) mixRowsOfBytes(firstAt, stride, rowBytes, weightsAt, rowPairs, scratchAt);
    else mixRowsOfWords(firstAt, stride, rowBytes, weightsAt, rowPairs, scratchAt);
    mixColumns(scratchAt, columnsAt, columnPairs, width, planesAt, planeBytes, wordsAt);
    rowsAt += entryBytes(rowPairs);
    planesAt += <usize>width << 2;
    if (wordsAt) wordsAt += <usize>(width * PIXEL_WORD_BYTES);
  }
}

/** The same into interleaved RGB bytes; the byte behind the last pixel is written too. */
export function resampleBytes(
  sourceAt: usize, stride: usize, rowBytes: i32,
  columnsAt: usize, columnPairs: i32, width: i32,
  rowsAt: usize, rowPairs: i32, height: i32,
  scratchAt: usize, targetAt: usize,
): void {
  const half = i32x4.splat(1 << (WEIGHT_BITS + WORD_BITS - 1));
  for (let y = 0; y < height; y++) {
    mixRowsOfBytes(sourceAt + <usize>load<i32>(rowsAt) * stride, stride, rowBytes, rowsAt + START_BYTES, rowPairs, scratchAt);
    rowsAt += entryBytes(rowPairs);
    let entryAt = columnsAt;
    for (let x = 0; x < width; x++) {
      const sums = i32x4.add(mixPixel(scratchAt, entryAt, columnPairs), half);
      const words = i32x4.shr_s(sums, WEIGHT_BITS + WORD_BITS);
      const bytes = i8x16.swizzle(words, i8x16(0, 4, 8, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1));
      // The fourth byte is overwritten by the next pixel.
      v128.store32_lane(targetAt, bytes, 0);
      targetAt += CHANNELS;
      entryAt += entryBytes(columnPairs);
    }
  }
}

// @ts-ignore: decorator
@inline
function entryBytes(pairs: i32): usize {
  return <usize>(START_BYTES + pairs * PAIR_BYTES);
}

/** scratch[i] = Σ weights[k] · row k [i] as words, 16 values at a time. */
function mixRowsOfBytes(
  firstAt: usize, stride: usize, rowBytes: i32, weightsAt: usize, pairs: i32, scratchAt: usize,
): void {
  for (let i = 0; i < rowBytes; i += STEP) {
    let a = i32x4.splat(0), b = i32x4.splat(0), c = i32x4.splat(0), d = i32x4.splat(0);
    let upperAt = firstAt + <usize>i;
    for (let k = 0; k < pairs; k++) {
      const weights = v128.load32_splat(weightsAt + <usize>(k * PAIR_BYTES));
      const upper = v128.load(upperAt);
      const lower = v128.load(upperAt + stride);
      const left = i8x16.shuffle(upper, lower, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const right = i8x16.shuffle(upper, lower, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      a = i32x4.add(a, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(left), weights));
      b = i32x4.add(b, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(left), weights));
      c = i32x4.add(c, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(right), weights));
      d = i32x4.add(d, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(right), weights));
      upperAt += 2 * stride;
    }
    const toAt = scratchAt + (<usize>i << 1);
    v128.store(toAt, toWords(a, b, WEIGHT_BITS - WORD_BITS));
    v128.store(toAt, toWords(c, d, WEIGHT_BITS - WORD_BITS), STEP);
  }
}

/** The same for eight words at a time. */
function mixRowsOfWords(
  firstAt: usize, stride: usize, rowBytes: i32, weightsAt: usize, pairs: i32, scratchAt: usize,
): void {
  for (let i = 0; i < rowBytes; i += STEP) {
    let a = i32x4.splat(0), b = i32x4.splat(0);
    let upperAt = firstAt + <usize>i;
    for (let k = 0; k < pairs; k++) {
      const weights = v128.load32_splat(weightsAt + <usize>(k * PAIR_BYTES));
      const upper = v128.load(upperAt);
      const lower = v128.load(upperAt + stride);
      a = i32x4.add(a, i32x4.dot_i16x8_s(i16x8.shuffle(upper, lower, 0, 8, 1, 9, 2, 10, 3, 11), weights));
      b = i32x4.add(b, i32x4.dot_i16x8_s(i16x8.shuffle(upper, lower, 4, 12, 5, 13, 6, 14, 7, 15), weights));
      upperAt += 2 * stride;
    }
    v128.store(scratchAt + <usize>i, toWords(a, b, WEIGHT_BITS));
  }
}

/** One row of the three planes, four pixels at a time. */
function mixColumns(
  scratchAt: usize, columnsAt: usize, pairs: i32, width: i32,
  planesAt: usize, planeBytes: usize, wordsAt: usize,
): void {
  const entry = entryBytes(pairs);
  const unit = f32x4.splat(UNIT);
  let x = 0;
  for (; x <= width - 4; x += 4) {
    const p = mixPixel(scratchAt, columnsAt, pairs);
    const q = mixPixel(scratchAt, columnsAt + entry, pairs);
    const r = mixPixel(scratchAt, columnsAt + 2 * entry, pairs);
    const s = mixPixel(scratchAt, columnsAt + 3 * entry, pairs);
    // Four pixels of RGB and one lane that nobody reads → four reds, four greens, four blues.
    const firstRG = i32x4.shuffle(p, q, 0, 4, 1, 5);
    const secondRG = i32x4.shuffle(r, s, 0, 4, 1, 5);
    const firstB = i32x4.shuffle(p, q, 2, 6, 3, 7);
    const secondB = i32x4.shuffle(r, s, 2, 6, 3, 7);
    const red = i64x2.shuffle(firstRG, secondRG, 0, 2);
    const green = i64x2.shuffle(firstRG, secondRG, 1, 3);
    const blue = i64x2.shuffle(firstB, secondB, 0, 2);
    v128.store(planesAt, f32x4.mul(f32x4.convert_i32x4_s(red), unit));
    v128.store(planesAt + planeBytes, f32x4.mul(f32x4.convert_i32x4_s(green), unit));
    v128.store(planesAt + 2 * planeBytes, f32x4.mul(f32x4.convert_i32x4_s(blue), unit));
    if (wordsAt) {
      storeWords(wordsAt, p, q);
      storeWords(wordsAt + 2 * PIXEL_WORD_BYTES, r, s);
      wordsAt += 4 * PIXEL_WORD_BYTES;
    }
    columnsAt += 4 * entry;
    planesAt += 16;
  }
  for (; x < width; x++) {
    const pixel = mixPixel(scratchAt, columnsAt, pairs);
    const colour = f32x4.mul(f32x4.convert_i32x4_s(pixel), unit);
    v128.store_lane<f32>(planesAt, colour, 0);
    v128.store_lane<f32>(planesAt + planeBytes, colour, 1);
    v128.store_lane<f32>(planesAt + 2 * planeBytes, colour, 2);
    if (wordsAt) {
      storeWords(wordsAt, pixel, pixel);
      wordsAt += PIXEL_WORD_BYTES;
    }
    columnsAt += entry;
    planesAt += 4;
  }
}

/** Two pixels as interleaved words; what is written behind them is overwritten by the next ones. */
// @ts-ignore: decorator
@inline
function storeWords(at: usize, first: v128, second: v128): void {
  const both = toWords(first, second, WEIGHT_BITS);
  v128.store64_lane(at, both, 0);
  v128.store64_lane(at + PIXEL_WORD_BYTES, both, 1);
}

/** The colour that a table's entry describes, with WEIGHT_BITS + WORD_BITS behind the point. */
// @ts-ignore: decorator
@inline
function mixPixel(scratchAt: usize, entryAt: usize, pairs: i32): v128 {
  let at = scratchAt + <usize>(load<i32>(entryAt) * PIXEL_WORD_BYTES);
  let sum = mixPair(at, entryAt + START_BYTES);
  for (let k = 1; k < pairs; k++) {
    at += 2 * PIXEL_WORD_BYTES;
    sum = i32x4.add(sum, mixPair(at, entryAt + START_BYTES + <usize>(k * PAIR_BYTES)));
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function mixPair(at: usize, weightsAt: usize): v128 {
  const first = v128.load64_zero(at);
  const second = v128.load64_zero(at + PIXEL_WORD_BYTES);
  const sideBySide = i16x8.shuffle(first, second, 0, 8, 1, 9, 2, 10, 3, 11);
  return i32x4.dot_i16x8_s(sideBySide, v128.load32_splat(weightsAt));
}

/** Eight values without their last `bits` bits, rounded. */
// @ts-ignore: decorator
@inline
function toWords(a: v128, b: v128, bits: i32): v128 {
  const half = i32x4.splat(1 << (bits - 1));
  return i16x8.narrow_i32x4_s(i32x4.shr_s(i32x4.add(a, half), bits), i32x4.shr_s(i32x4.add(b, half), bits));
}

/**
 * Bilinear sampling of a square of interleaved RGB bytes into size × size float planes. (left, top) is where the
 * first output pixel's centre lies, in source pixels whose centres are integers; outside the source is black.
 * @param scratchAt room for two tables of size entries with one pair, and for one row of words
 */
export function crop(
  sourceAt: usize, width: i32, height: i32,
  left: f32, top: f32, step: f32, size: i32,
  scratchAt: usize, targetAt: usize,
): void {
  const entry = entryBytes(1);
  const columnsAt = scratchAt;
  const rowsAt = columnsAt + <usize>size * entry;
  const first = fillBilinear(columnsAt, left, step, size, width);
  const last = load<i32>(rowsAt - entry);
  fillBilinear(rowsAt, top, step, size, height);
  for (let at = columnsAt; at < rowsAt; at += entry) store<i32>(at, load<i32>(at) - first);
  resample(
    1, sourceAt + <usize>(first * CHANNELS), <usize>(width * CHANNELS), (last + 2 - first) * CHANNELS,
    columnsAt, 1, size,
    rowsAt, 1, size,
    rowsAt + <usize>size * entry, targetAt, 0,
  );
}

/** Returns the first pixel that any entry starts with. */
function fillBilinear(tableAt: usize, first: f32, step: f32, count: i32, limit: i32): i32 {
  let at = tableAt;
  for (let i = 0; i < count; i++, at += entryBytes(1)) {
    const position = first + <f32>i * step;
    const inside = position > -0.5 && position < <f32>limit - 0.5;
    const start = max(0, min(<i32>floor(position), limit - 1));
    // The outer half of a border pixel has no neighbour to mix with.
    const share: f32 = start === limit - 1 ? 0 : max<f32>(0, min<f32>(1, position - <f32>start));
    const second = <i32>nearest(share * <f32>WHOLE);
    store<i32>(at, start);
    store<i32>(at, inside ? (second << 16) | (WHOLE - second) : 0, START_BYTES);
  }
  return load<i32>(tableAt);
}

/** Positions are fixed-point numbers too. */
const POSITION_BITS = 16;
/** 2²³: a float that this is added to ends in its nearest whole number. */
const TO_WHOLE: f32 = 8388608;

/**
 * Reads a rotated and scaled square out of interleaved RGB bytes, as interleaved RGB bytes, bilinear. Output pixel
 * (u, v) shows (left + u · a − v · b, top + u · b + v · a), in parts of 1 << POSITION_BITS of source pixels whose
 * centres are integers. Outside the source is black.
 */
export function warp(
  sourceAt: usize, width: i32, height: i32,
  left: i32, top: i32, a: i32, b: i32,
  size: i32, targetAt: usize,
): void {
  const unit = f32x4.splat(1 / <f32>WHOLE);
  const toWhole = f32x4.splat(TO_WHOLE);
  for (let v = 0; v < size; v++) {
    let x = left - v * b;
    let y = top + v * a;
    for (let u = 0; u < size; u++) {
      const colour = f32x4.mul(sample(sourceAt, width, height, x, y), unit);
      const bytes = i8x16.swizzle(
        f32x4.add(colour, toWhole),
        i8x16(0, 4, 8, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
      );
      // The fourth byte is overwritten by the next pixel.
      v128.store32_lane(targetAt, bytes, 0);
      targetAt += CHANNELS;
      x += a;
      y += b;
    }
  }
}

/** The colour at a position, as floats in parts of 1 << WEIGHT_BITS. */
// @ts-ignore: decorator
@inline
function sample(sourceAt: usize, width: i32, height: i32, x: i32, y: i32): v128 {
  let column = x >> POSITION_BITS;
  const row = y >> POSITION_BITS;
  let second = (x & (1 << POSITION_BITS) - 1) >> (POSITION_BITS - WEIGHT_BITS);
  let first = WHOLE - second;
  if (<u32>column >= <u32>(width - 1)) {
    if (column !== width - 1) first = 0;
    if (column !== -1) second = 0;
    column = max(-1, min(column, width - 1));
  }
  const weights = i32x4.splat(second << 16 | first);
  const at = sourceAt + <usize>((row * width + column) * CHANNELS);
  const upper = <u32>row < <u32>height ? mixNeighbours(at, weights) : f32x4.splat(0);
  const lower = <u32>(row + 1) < <u32>height
    ? mixNeighbours(at + <usize>(width * CHANNELS), weights)
    : f32x4.splat(0);
  const share = f32x4.splat(<f32>(y & (1 << POSITION_BITS) - 1) / <f32>(1 << POSITION_BITS));
  return f32x4.add(upper, f32x4.mul(share, f32x4.sub(lower, upper)));
}

/** Two pixels side by side → their weighted sum. */
// @ts-ignore: decorator
@inline
function mixNeighbours(at: usize, weights: v128): v128 {
  const first = v128.load32_zero(at);
  const second = v128.load32_zero(at + CHANNELS);
  const sideBySide = i8x16.shuffle(first, second, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  return f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(sideBySide), weights));
}

/**
 * Interleaved RGB bytes → three float planes of (byte − mean) × scale.
 * @param mirror 1 swaps left and right
 */
export function toPlanes(
  sourceAt: usize, width: i32, height: i32, mirror: i32,
  mean: f32, scale: f32,
  redAt: usize, greenAt: usize, blueAt: usize,
): void {
  const step = mirror ? -CHANNELS : CHANNELS;
  const means = f32x4.splat(mean), scales = f32x4.splat(scale);
  for (let y = 0; y < height; y++) {
    let at = sourceAt + <usize>((y * width + (mirror ? width - 1 : 0)) * CHANNELS);
    let x = 0;
    for (; x <= width - 4; x += 4) {
      const p = colourAt(at), q = colourAt(at + step);
      const r = colourAt(at + 2 * step), s = colourAt(at + 3 * step);
      const firstRG = i32x4.shuffle(p, q, 0, 4, 1, 5), secondRG = i32x4.shuffle(r, s, 0, 4, 1, 5);
      const firstB = i32x4.shuffle(p, q, 2, 6, 3, 7), secondB = i32x4.shuffle(r, s, 2, 6, 3, 7);
      v128.store(redAt, normalise(i64x2.shuffle(firstRG, secondRG, 0, 2), means, scales));
      v128.store(greenAt, normalise(i64x2.shuffle(firstRG, secondRG, 1, 3), means, scales));
      v128.store(blueAt, normalise(i64x2.shuffle(firstB, secondB, 0, 2), means, scales));
      at += 4 * step;
      redAt += 16;
      greenAt += 16;
      blueAt += 16;
    }
    for (; x < width; x++) {
      const colour = normalise(colourAt(at), means, scales);
      v128.store_lane<f32>(redAt, colour, 0);
      v128.store_lane<f32>(greenAt, colour, 1);
      v128.store_lane<f32>(blueAt, colour, 2);
      at += step;
      redAt += 4;
      greenAt += 4;
      blueAt += 4;
    }
  }
}

/** Four bytes as floats: RGB and one lane that nobody reads. */
// @ts-ignore: decorator
@inline
function colourAt(at: usize): v128 {
  const bytes = v128.load32_zero(at);
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes)));
}

// @ts-ignore: decorator
@inline
function normalise(values: v128, mean: v128, scale: v128): v128 {
  return f32x4.mul(f32x4.sub(values, mean), scale);
}

/**
 * Sums over the luminance of interleaved RGB bytes, its border of one pixel left out.
 * @param scratchAt room for a float for each pixel
 * @param sumsAt three doubles: the sum of luminance, of its squares, and of the squares of its Laplacian
 */
export function sumLuminance(sourceAt: usize, width: i32, height: i32, scratchAt: usize, sumsAt: usize): void {
  const below = <usize>width << 2;
  floatLuminance(sourceAt, scratchAt, scratchAt + below * <usize>height);
  let sum: f64 = 0, squares: f64 = 0, laplacians: f64 = 0;
  for (let y = 1; y < height - 1; y++) {
    let rowSum = f32x4.splat(0), rowSquares = f32x4.splat(0), rowLaplacians = f32x4.splat(0);
    let at = scratchAt + (<usize>(y * width + 1) << 2);
    for (let left = width - 2; left > 0; left -= 4, at += 16) {
      const inside = left >= 4 ? i32x4.splat(-1) : i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(left));
      const centre = v128.and(v128.load(at), inside);
      const beside = f32x4.add(v128.load(at - 4), v128.load(at + 4));
      const around = f32x4.add(beside, f32x4.add(v128.load(at - below), v128.load(at + below)));
      const laplacian = f32x4.sub(v128.and(around, inside), f32x4.mul(centre, f32x4.splat(4)));
      rowSum = f32x4.add(rowSum, centre);
      rowSquares = f32x4.add(rowSquares, f32x4.mul(centre, centre));
      rowLaplacians = f32x4.add(rowLaplacians, f32x4.mul(laplacian, laplacian));
    }
    sum += total(rowSum);
    squares += total(rowSquares);
    laplacians += total(rowLaplacians);
  }
  store<f64>(sumsAt, sum);
  store<f64>(sumsAt, squares, 8);
  store<f64>(sumsAt, laplacians, 16);
}

// @ts-ignore: decorator
@inline
function total(values: v128): f64 {
  const first = <f64>f32x4.extract_lane(values, 0) + <f64>f32x4.extract_lane(values, 1);
  return first + <f64>f32x4.extract_lane(values, 2) + <f64>f32x4.extract_lane(values, 3);
}

/**
 * Halves an image of interleaved RGB bytes: every output pixel is the mean of 2 × 2 input pixels. The vertical mean
 * rounds up and the horizontal one down, so that brightness does not drift from one halving to the next.
 */
export function halveBytes(sourceAt: usize, sourceWidth: i32, width: i32, height: i32, targetAt: usize): void {
  const stride = <usize>(sourceWidth * CHANNELS);
  for (let y = 0; y < height; y++) {
    let fromAt = sourceAt + <usize>(2 * y) * stride;
    let toAt = targetAt + <usize>(y * width * CHANNELS);
    // Four input pixels of two rows become two output pixels; what is written behind them is overwritten later.
    for (let x = 0; x < width; x += 2) {
      const pixels = i8x16.avgr_u(v128.load(fromAt), v128.load(fromAt + stride));
      const next = i8x16.shuffle(pixels, pixels, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2);
      const means = i8x16.add(v128.and(pixels, next), i8x16.shr_u(v128.xor(pixels, next), 1));
      const second = i8x16.shuffle(means, means, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5);
      v128.store32_lane(toAt, means, 0);
      v128.store32_lane(toAt + CHANNELS, second, 0);
      fromAt += 4 * CHANNELS;
      toAt += 2 * CHANNELS;
    }
  }
}
