/**
 * Filters over the neighbourhood of a pixel, in AssemblyScript: TypeScript that compiles to WebAssembly with SIMD,
 * 16 bytes at a time. All arguments named `…At` are byte addresses in the module's memory, which
 * lib/pixels/neighbourhood.ts lays out. Rows lie one behind the other, wide enough that no
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

// The lesser and the greater bytes of two registers: medians are made of nothing else.

// @ts-ignore: decorator
@inline
function low(a: v128, b: v128): v128 {
  return i8x16.min_u(a, b);
}

// @ts-ignore: decorator
@inline
function high(a: v128, b: v128): v128 {
  return i8x16.max_u(a, b);
}

// @ts-ignore: decorator
@inline
function middle(a: v128, b: v128, c: v128): v128 {
  return high(low(a, b), low(high(a, b), c));
}

/**
 * Rows of the medians of each channel over 3 × 3 pixels, of which the top left one is counted from `fromAt`. Each
 * column is sorted once for all the neighbourhoods that it is part of; then the median is that of the greatest of the
 * columns' least, the median of their medians and the least of their greatest.
 * @param ranksAt room for three rows and 16 bytes each
 */
export function median3(fromAt: usize, toAt: usize, stride: usize, rows: i32, ranksAt: usize): void {
  const rank = stride + STEP;
  for (let row = 0; row < rows; row++, fromAt += stride, toAt += stride) {
    for (let x: usize = 0; x < stride; x += STEP) {
      const a = v128.load(fromAt + x), b = v128.load(fromAt + x + stride), c = v128.load(fromAt + x + 2 * stride);
      const lesser = low(a, b), greater = high(a, b);
      v128.store(ranksAt + x, low(lesser, c));
      v128.store(ranksAt + rank + x, high(lesser, low(greater, c)));
      v128.store(ranksAt + 2 * rank + x, high(greater, c));
    }
    for (let x: usize = 0; x < stride - 2 * CHANNELS; x += STEP) {
      const least = ranksAt + x, centre = least + rank, most = centre + rank;
      v128.store(toAt + x, middle(
        high(high(v128.load(least), v128.load(least, CHANNELS)), v128.load(least, 2 * CHANNELS)),
        middle(v128.load(centre), v128.load(centre, CHANNELS), v128.load(centre, 2 * CHANNELS)),
        low(low(v128.load(most), v128.load(most, CHANNELS)), v128.load(most, 2 * CHANNELS)),
      ));
    }
  }
}

/**
 * The same over 5 × 5 pixels.
 * @param ranksAt room for five rows and 16 bytes each
 */
export function median5(fromAt: usize, toAt: usize, stride: usize, rows: i32, ranksAt: usize): void {
  const rank = stride + STEP;
  for (let row = 0; row < rows; row++, fromAt += stride, toAt += stride) {
    for (let x: usize = 0; x < stride; x += STEP) sortColumn(fromAt + x, stride, ranksAt + x, rank);
    for (let x: usize = 0; x < stride - 4 * CHANNELS; x += STEP) {
      v128.store(toAt + x, medianOfColumns(ranksAt + x, rank));
    }
  }
}

/** Five bytes below each other in order, by the network of nine comparisons (Knuth, TAOCP 3, 5.3.4). */
// @ts-ignore: decorator
@inline
function sortColumn(at: usize, stride: usize, toAt: usize, rank: usize): void {
  let a = v128.load(at), b = v128.load(at + stride), c = v128.load(at + 2 * stride);
  let d = v128.load(at + 3 * stride), e = v128.load(at + 4 * stride), t = low(a, b);
  b = high(a, b); a = t;
  t = low(d, e); e = high(d, e); d = t;
  t = low(c, e); e = high(c, e); c = t;
  t = low(c, d); d = high(c, d); c = t;
  t = low(a, d); d = high(a, d); a = t;
  t = low(a, c); c = high(a, c); a = t;
  t = low(b, e); e = high(b, e); b = t;
  t = low(b, d); d = high(b, d); b = t;
  v128.store(toAt, a);
  v128.store(toAt + rank, low(b, c));
  v128.store(toAt + 2 * rank, high(b, c));
  v128.store(toAt + 3 * rank, d);
  v128.store(toAt + 4 * rank, e);
}

/**
 * The median of five sorted columns. Were the rows sorted too (which keeps the columns sorted), a value in row i and
 * column j, counted from 0, would have (i + 1)(j + 1) − 1 that are no greater and (5 − i)(5 − j) − 1 that are no less.
 * The median of 25 has at most 12 of either; so it is the median of the two greatest of the first row, the three
 * greatest of the second, the three middle ones of the third, the three least of the fourth, the two least of the fifth.
 * That median of 13 is chosen by "forgetful selection" (McGuire, "A Fast, Small-Radius GPU Median Filter", ShaderX6,
 * 2008): of half the values plus two, neither the least nor the greatest can be it; forget both, take in another one.
 */
// @ts-ignore: decorator
@inline
function medianOfColumns(at: usize, rank: usize): v128 {
  // First row: g ≥ f.
  let a = v128.load(at), b = v128.load(at, CHANNELS), c = v128.load(at, 2 * CHANNELS);
  let d = v128.load(at, 3 * CHANNELS), e = v128.load(at, 4 * CHANNELS);
  let t = high(low(a, b), low(c, d));
  a = high(a, b); c = high(c, d);
  let g = high(a, c);
  let f = high(high(low(a, c), t), low(g, e));
  g = high(g, e);

  // Fifth row: h ≤ i.
  at += 4 * rank;
  a = v128.load(at); b = v128.load(at, CHANNELS); c = v128.load(at, 2 * CHANNELS);
  d = v128.load(at, 3 * CHANNELS); e = v128.load(at, 4 * CHANNELS);
  t = low(high(a, b), high(c, d));
  a = low(a, b); c = low(c, d);
  let h = low(a, c);
  let i = low(low(high(a, c), t), high(h, e));
  h = low(h, e);

  // Third row: j, k, l.
  at -= 2 * rank;
  a = v128.load(at); b = v128.load(at, CHANNELS); c = v128.load(at, 2 * CHANNELS);
  d = v128.load(at, 3 * CHANNELS); e = v128.load(at, 4 * CHANNELS);
  t = low(a, b); b = high(a, b); a = t;
  t = low(c, d); d = high(c, d); c = t;
  let j = high(a, c), k = low(b, d);
  let l = low(high(low(a, c), e), high(b, d));

  // Second row: m, n, o.
  at -= rank;
  a = v128.load(at); b = v128.load(at, CHANNELS); c = v128.load(at, 2 * CHANNELS);
  d = v128.load(at, 3 * CHANNELS); e = v128.load(at, 4 * CHANNELS);
  t = high(low(a, b), low(c, d));
  a = high(a, b); c = high(c, d);
  let m = high(a, c), n = high(t, e);
  let o = high(low(t, e), low(a, c));

  // Of eight, f and g, h and i in order:
  t = low(j, m); m = high(j, m); j = t;
  t = low(k, n); n = high(k, n); k = t;
  t = low(f, h); h = high(f, h); f = high(t, j); t = low(t, j); j = high(t, k);
  t = high(g, i); g = low(g, i); i = low(t, m); t = high(t, m); m = low(t, n);
  // f, g, h, i, j, m are left; l makes seven.
  t = low(f, g); g = high(f, g); f = t;
  t = low(h, i); i = high(h, i); h = t;
  t = low(j, m); m = high(j, m); j = t;
  t = low(f, h); h = high(f, h); f = high(t, j); t = low(t, j); l = high(t, l);
  t = high(g, i); g = low(g, i); i = low(t, m); t = high(t, m); l = low(t, l);
  // f, g, h, i, l are left; o makes six.
  t = low(f, g); g = high(f, g); f = t;
  t = low(h, i); i = high(h, i); h = t;
  t = low(l, o); o = high(l, o); l = t;
  t = low(f, h); h = high(f, h); l = high(t, l);
  t = high(g, i); g = low(g, i); o = low(t, o);

  // Fourth row: j, k, m.
  at += 2 * rank;
  a = v128.load(at); b = v128.load(at, CHANNELS); c = v128.load(at, 2 * CHANNELS);
  d = v128.load(at, 3 * CHANNELS); e = v128.load(at, 4 * CHANNELS);
  t = low(high(a, b), high(c, d));
  a = low(a, b); c = low(c, d);
  j = low(a, c); k = low(t, e);
  m = low(high(t, e), high(a, c));

  // g, h, l, o are left; j makes five.
  t = low(g, h); h = high(g, h); g = t;
  t = low(l, o); o = high(l, o); l = t;
  t = low(g, l); l = high(g, l); j = high(t, j);
  t = high(h, o); h = low(h, o); j = low(t, j);
  // h, j, l; k makes four.
  t = low(h, j); j = high(h, j); h = t;
  t = low(k, l); l = high(k, l); k = t;
  return middle(high(h, k), low(j, l), m);
}

/**
 * A row of an image of half the size: each pixel is the mean of 2 × 2.
 * @param channels 1 or 3; the rows end with their last pixel once more, in case that their number is odd
 * @param toAt reads and writes pass the end of a row by 32 bytes
 */
export function halveRow(upperAt: usize, lowerAt: usize, toAt: usize, endAt: usize, channels: i32): void {
  if (channels === 1) {
    for (; toAt < endAt; toAt += STEP / 2, upperAt += STEP, lowerAt += STEP) {
      const upper = v128.load(upperAt), lower = v128.load(lowerAt);
      const sums = i16x8.add(i16x8.extadd_pairwise_i8x16_u(upper), i16x8.extadd_pairwise_i8x16_u(lower));
      v128.store64_lane(toAt, quarter(sums, sums), 0);
    }
    return;
  }
  // Four pixels of two rows become two; the byte behind six is written again.
  for (; toAt < endAt; toAt += 2 * CHANNELS, upperAt += 4 * CHANNELS, lowerAt += 4 * CHANNELS) {
    const upper = v128.load(upperAt), lower = v128.load(lowerAt);
    const upperPairs = i8x16.shuffle(upper, upper, 0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11, 0, 0, 0, 0);
    const lowerPairs = i8x16.shuffle(lower, lower, 0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11, 0, 0, 0, 0);
    const sums = i16x8.add(i16x8.extadd_pairwise_i8x16_u(upperPairs), i16x8.extadd_pairwise_i8x16_u(lowerPairs));
    v128.store64_lane(toAt, quarter(sums, sums), 0);
  }
}

// @ts-ignore: decorator
@inline
function quarter(a: v128, b: v128): v128 {
  const two = i16x8.splat(2);
  return i8x16.narrow_i16x8_u(i16x8.shr_u(i16x8.add(a, two), 2), i16x8.shr_u(i16x8.add(b, two), 2));
}

/** sums = 3 · near + far, 16 bits each. */
export function weighRows(nearAt: usize, farAt: usize, sumsAt: usize, bytes: i32): void {
  const three = i16x8.splat(3);
  for (const endAt = nearAt + <usize>bytes; nearAt < endAt; nearAt += STEP / 2, farAt += STEP / 2, sumsAt += STEP) {
    v128.store(sumsAt, i16x8.add(i16x8.mul(v128.load8x8_u(nearAt), three), v128.load8x8_u(farAt)));
  }
}

/**
 * A row of an image of twice the size, from sums of weighRows: each pixel is 3/4 of the nearest and 1/4 of the next.
 * @param channels 1 or 3; there is one more pixel of sums on either side
 * @param toAt writes pass the end of a row by 32 bytes
 */
export function doubleRow(sumsAt: usize, toAt: usize, endAt: usize, channels: i32): void {
  const pixel = <usize>(2 * channels);
  if (channels === 1) {
    for (; toAt < endAt; toAt += 2 * STEP, sumsAt += 2 * STEP) {
      const before = spread(sumsAt, sumsAt - pixel), after = spread(sumsAt, sumsAt + pixel);
      v128.store(toAt, i8x16.shuffle(before, after, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
      v128.store(toAt, i8x16.shuffle(before, after, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), STEP);
    }
    return;
  }
  // Five pixels become ten; the bytes behind them are written again.
  for (; toAt < endAt; toAt += 10 * CHANNELS, sumsAt += 5 * pixel) {
    const before = spread(sumsAt, sumsAt - pixel), after = spread(sumsAt, sumsAt + pixel);
    v128.store(toAt, i8x16.shuffle(before, after, 0, 1, 2, 16, 17, 18, 3, 4, 5, 19, 20, 21, 6, 7, 8, 22));
    v128.store(toAt, i8x16.shuffle(before, after, 23, 24, 9, 10, 11, 25, 26, 27, 12, 13, 14, 28, 29, 30, 15, 15), STEP);
  }
}

/** Sixteen bytes, 3/4 of the sums at one place and 1/4 of those at another. */
// @ts-ignore: decorator
@inline
function spread(nearAt: usize, farAt: usize): v128 {
  return i8x16.narrow_i16x8_u(sixteenth(nearAt, farAt), sixteenth(nearAt + STEP, farAt + STEP));
}

// @ts-ignore: decorator
@inline
function sixteenth(nearAt: usize, farAt: usize): v128 {
  const near = i16x8.add(i16x8.mul(v128.load(nearAt), i16x8.splat(3)), i16x8.splat(8));
  return i16x8.shr_u(i16x8.add(near, v128.load(farAt)), 4);
}
