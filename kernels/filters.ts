/**
 * Filters over the neighbourhood of a pixel, in AssemblyScript: TypeScript that compiles to WebAssembly with SIMD,
 * 16 bytes at a time. All arguments named `…At` are byte addresses in the module's memory, which
 * lib/preprocess/pixels/neighbourhood.ts lays out. Rows lie one behind the other, wide enough that no
 * neighbourhood leaves them; reads and writes may pass the end of an area by 16 bytes.
 */

/** Bytes of a SIMD register. */
const STEP = 16;
const CHANNELS = 3;
/** Weights of a convolution are parts of 1 << WEIGHT_BITS, so that a weighted sum of bytes fits 16 bits. */
const WEIGHT_BITS: i32 = 8;
/** Half of the last place that is kept: rounds. */
const HALF: i16 = 1 << 7;
const WEIGHT_BYTES = 2;

/**
 * Each byte from `toAt` to `endAt` becomes the weighted sum of the bytes around its place, counted from `fromAt`.
 * @param step bytes from one neighbour to the next: of a pixel, to go along rows, or of a row, along columns
 * @param reach how many neighbours there are on either side
 * @param weightsAt 16-bit weights: of the byte itself, then of both neighbours at each distance
 */
export function convolve(
  fromAt: usize, toAt: usize, endAt: usize, step: usize, reach: i32, weightsAt: usize,
): void {
  const half = i16x8.splat(HALF);
  for (; toAt < endAt; toAt += STEP, fromAt += STEP) {
    const own = v128.load16_splat(weightsAt);
    let low = i16x8.add(half, i16x8.mul(v128.load8x8_u(fromAt), own));
    let high = i16x8.add(half, i16x8.mul(v128.load8x8_u(fromAt, STEP / 2), own));
    let leftAt = fromAt;
    let rightAt = fromAt;
    for (let k = 1; k <= reach; k++) {
      leftAt -= step;
      rightAt += step;
      const weight = v128.load16_splat(weightsAt + <usize>(k * WEIGHT_BYTES));
      const lowPair = i16x8.add(v128.load8x8_u(leftAt), v128.load8x8_u(rightAt));
      const highPair = i16x8.add(v128.load8x8_u(leftAt, STEP / 2), v128.load8x8_u(rightAt, STEP / 2));
      low = i16x8.add(low, i16x8.mul(lowPair, weight));
      high = i16x8.add(high, i16x8.mul(highPair, weight));
    }
    const sums = i8x16.narrow_i16x8_u(i16x8.shr_u(low, WEIGHT_BITS), i16x8.shr_u(high, WEIGHT_BITS));
    v128.store(toAt, sums);
  }
}

/**
 * Each byte from `toAt` to `endAt` becomes the median of its channel over side × side pixels, of which the top left
 * one is counted from `fromAt`. "Forgetful selection" (McGuire, "A Fast, Small-Radius GPU Median Filter", ShaderX6,
 * 2008): of half the values plus two, neither the least nor the greatest can be the median; forget both, take in
 * another value, and so on until three are left.
 * @param side odd, at least 3
 * @param poolAt room for the values, STEP bytes each: half of side × side plus two
 */
export function median(
  fromAt: usize, toAt: usize, endAt: usize, stride: usize, side: i32, poolAt: usize,
): void {
  const rowStep = stride - <usize>(side * CHANNELS);
  for (; toAt < endAt; toAt += STEP, fromAt += STEP) {
    let nextAt = fromAt;
    let column = 0;
    let size = side * side / 2 + 2;
    let firstAt = poolAt;
    let lastAt = poolAt + <usize>((size - 1) * STEP);
    for (let at = firstAt; at <= lastAt; at += STEP) {
      v128.store(at, v128.load(nextAt));
      nextAt += CHANNELS;
      if (++column === side) { column = 0; nextAt += rowStep; }
    }
    for (; size > 3; size--) {
      dropEnds(firstAt, lastAt);
      firstAt += STEP;
      v128.store(lastAt, v128.load(nextAt));
      nextAt += CHANNELS;
      if (++column === side) { column = 0; nextAt += rowStep; }
    }
    dropEnds(firstAt, lastAt);
    v128.store(toAt, v128.load(firstAt + STEP));
  }
}

/** Leaves, between the first and the last place, all values but the least and the greatest. */
// @ts-ignore: decorator
@inline
function dropEnds(firstAt: usize, lastAt: usize): void {
  let least = i8x16.min_u(v128.load(firstAt), v128.load(lastAt));
  let greatest = i8x16.max_u(v128.load(firstAt), v128.load(lastAt));
  let lowAt = firstAt + STEP;
  let highAt = lastAt - STEP;
  for (; lowAt < highAt; lowAt += STEP, highAt -= STEP) {
    const a = v128.load(lowAt);
    const b = v128.load(highAt);
    const low = i8x16.min_u(a, b);
    const high = i8x16.max_u(a, b);
    v128.store(lowAt, i8x16.max_u(least, low));
    v128.store(highAt, i8x16.min_u(greatest, high));
    least = i8x16.min_u(least, low);
    greatest = i8x16.max_u(greatest, high);
  }
  if (lowAt === highAt) {
    const middle = v128.load(lowAt);
    v128.store(lowAt, i8x16.min_u(greatest, i8x16.max_u(least, middle)));
  }
}
