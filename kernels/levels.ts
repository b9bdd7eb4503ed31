/**
 * Tables over levels and counts of levels, in AssemblyScript: TypeScript that compiles to WebAssembly with SIMD. All
 * arguments named `…At` are byte addresses in the module's memory, which lib/pixels/bands.ts lays out;
 * reads and writes may pass the end of an area by 48 bytes.
 */

const CHANNELS = 3;
const LEVELS = 256;
/** Bytes of a SIMD register. */
const STEP = 16;
const COUNT_BYTES = 4;
const FLOAT_BYTES = 4;

/** RGB from `at` to `endAt`, in place: each channel through its table of 256 bytes. */
export function lookUp(at: usize, endAt: usize, redAt: usize, greenAt: usize, blueAt: usize): void {
  for (; at < endAt; at += CHANNELS) {
    store<u8>(at, load<u8>(redAt + <usize>load<u8>(at)));
    store<u8>(at, load<u8>(greenAt + <usize>load<u8>(at, 1)), 1);
    store<u8>(at, load<u8>(blueAt + <usize>load<u8>(at, 2)), 2);
  }
}

/** Bytes from `fromAt`, each through a table of 256 bytes, to `toAt` … `endAt`. */
export function lookUpPlane(fromAt: usize, toAt: usize, endAt: usize, tableAt: usize): void {
  for (; toAt < endAt; toAt++, fromAt++) store<u8>(toAt, load<u8>(tableAt + <usize>load<u8>(fromAt)));
}

// @ts-ignore: decorator
@inline
function count(countsAt: usize, level: u8): void {
  const at = countsAt + <usize>level * COUNT_BYTES;
  store<u32>(at, load<u32>(at) + 1);
}

/** @param countsAt 256 counts for each channel, to which RGB from `at` to `endAt` is added */
export function countChannels(at: usize, endAt: usize, countsAt: usize): void {
  for (; at < endAt; at += CHANNELS) {
    count(countsAt, load<u8>(at));
    count(countsAt + LEVELS * COUNT_BYTES, load<u8>(at, 1));
    count(countsAt + 2 * LEVELS * COUNT_BYTES, load<u8>(at, 2));
  }
}

/** The same for the strongest and for the weakest channel of each pixel. */
export function countExtremes(at: usize, endAt: usize, countsAt: usize): void {
  for (; at < endAt; at += CHANNELS) {
    const red = <i32>load<u8>(at), green = <i32>load<u8>(at, 1), blue = <i32>load<u8>(at, 2);
    count(countsAt, <u8>max(red, max(green, blue)));
    count(countsAt + LEVELS * COUNT_BYTES, <u8>min(red, min(green, blue)));
  }
}

/**
 * Counts the levels from `at` to `endAt`.
 * @param countsAt two sets of 256 counts that belong together: neighbours are often equal, and a counter is not ready
 *   for the next one at once
 */
export function countLevels(at: usize, endAt: usize, countsAt: usize): void {
  for (; at + 1 < endAt; at += 2) {
    count(countsAt, load<u8>(at));
    count(countsAt + LEVELS * COUNT_BYTES, load<u8>(at, 1));
  }
  if (at < endAt) count(countsAt, load<u8>(at));
}

/** Interpolation between tables is in parts of 1 << SHARE_BITS. */
const SHARE_BITS = 8;
const ONE: i32 = 1 << SHARE_BITS;

/** 16-bit numbers: ONE times what lies between two tables of bytes, `share` of the way from the upper to the lower. */
export function blendTables(upperAt: usize, lowerAt: usize, share: i32, toAt: usize, bytes: i32): void {
  const toUpper = i16x8.splat(<i16>(ONE - share)), toLower = i16x8.splat(<i16>share);
  for (const endAt = upperAt + <usize>bytes; upperAt < endAt; upperAt += STEP / 2, lowerAt += STEP / 2, toAt += STEP) {
    const upper = i16x8.mul(v128.load8x8_u(upperAt), toUpper);
    v128.store(toAt, i16x8.add(upper, i16x8.mul(v128.load8x8_u(lowerAt), toLower)));
  }
}

/**
 * Bytes from `fromAt`, each through what lies between two tables of blendTables, to `toAt` … `endAt`.
 * @param sharesAt a 16-bit number for each byte: how far from the left table to the right one
 */
export function lookUpBetween(
  fromAt: usize, toAt: usize, endAt: usize, leftAt: usize, rightAt: usize, sharesAt: usize,
): void {
  for (; toAt < endAt; toAt++, fromAt++, sharesAt += 2) {
    const entry = <usize>load<u8>(fromAt) << 1;
    const share = <i32>load<u16>(sharesAt);
    const left = <i32>load<u16>(leftAt + entry), right = <i32>load<u16>(rightAt + entry);
    const value = left * (ONE - share) + right * share;
    store<u8>(toAt, (value + ONE * ONE / 2) >> (2 * SHARE_BITS));
  }
}

/** Bytes from `otherAt` to `endAt`, in place: own · byte of the plane + other · byte + offset, clipped and rounded. */
export function combine(planeAt: usize, otherAt: usize, endAt: usize, own: f32, other: f32, offset: f32): void {
  const owns = f32x4.splat(own), others = f32x4.splat(other), offsets = f32x4.splat(offset);
  for (; otherAt < endAt; otherAt += STEP, planeAt += STEP) {
    v128.store(otherAt, toBytes(
      weigh(planeAt, otherAt, owns, others, offsets), weigh(planeAt + 4, otherAt + 4, owns, others, offsets),
      weigh(planeAt + 8, otherAt + 8, owns, others, offsets), weigh(planeAt + 12, otherAt + 12, owns, others, offsets),
    ));
  }
}

// @ts-ignore: decorator
@inline
function weigh(planeAt: usize, otherAt: usize, own: v128, other: v128, offset: v128): v128 {
  const sum = f32x4.add(f32x4.mul(floats(planeAt), own), f32x4.mul(floats(otherAt), other));
  return f32x4.add(sum, offset);
}

/** Four bytes as floats. */
// @ts-ignore: decorator
@inline
function floats(at: usize): v128 {
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at))));
}

/** 2²³ + 2²²: in a float that this is added to, the last bits are its nearest whole number. */
const TO_WHOLE: f32 = 12582912;

/** Sixteen floats of moderate size as the nearest bytes. */
// @ts-ignore: decorator
@inline
function toBytes(a: v128, b: v128, c: v128, d: v128): v128 {
  const low = i16x8.narrow_i32x4_s(toWhole(a), toWhole(b));
  return i8x16.narrow_i16x8_u(low, i16x8.narrow_i32x4_s(toWhole(c), toWhole(d)));
}

// @ts-ignore: decorator
@inline
function toWhole(value: v128): v128 {
  // Beyond this the bits would overflow into the exponent; a byte is clipped long before.
  const clipped = f32x4.pmin(f32x4.splat(1024), f32x4.pmax(f32x4.splat(-1024), value));
  return i32x4.sub(f32x4.add(clipped, f32x4.splat(TO_WHOLE)), f32x4.splat(TO_WHOLE));
}

/**
 * Bytes from `blurredAt` to `endAt`, in place: byte of the plane + what a table has for its difference from the byte,
 * clipped.
 * @param tableAt 16-bit numbers for differences of −255 to 255
 */
export function addDetail(planeAt: usize, blurredAt: usize, endAt: usize, tableAt: usize): void {
  for (; blurredAt < endAt; blurredAt++, planeAt++) {
    const level = <i32>load<u8>(planeAt);
    const entry = <usize>(level - <i32>load<u8>(blurredAt) + LEVELS - 1) << 1;
    store<u8>(blurredAt, max(0, min(LEVELS - 1, level + <i32>load<i16>(tableAt + entry))));
  }
}

/** Bytes from `fromAt`, each level's float in a table minus a float of a row, clipped and rounded, to `toAt` … `endAt`. */
export function subtractLight(fromAt: usize, toAt: usize, endAt: usize, tableAt: usize, lightAt: usize): void {
  for (; toAt < endAt; toAt += STEP, fromAt += STEP, lightAt += STEP * FLOAT_BYTES) {
    v128.store(toAt, toBytes(
      f32x4.sub(look(fromAt, tableAt), v128.load(lightAt)), f32x4.sub(look(fromAt + 4, tableAt), v128.load(lightAt, 16)),
      f32x4.sub(look(fromAt + 8, tableAt), v128.load(lightAt, 32)), f32x4.sub(look(fromAt + 12, tableAt), v128.load(lightAt, 48)),
    ));
  }
}

/** The same with the product of both, minus 1. */
export function multiplyLight(fromAt: usize, toAt: usize, endAt: usize, tableAt: usize, lightAt: usize): void {
  const one = f32x4.splat(1);
  for (; toAt < endAt; toAt += STEP, fromAt += STEP, lightAt += STEP * FLOAT_BYTES) {
    v128.store(toAt, toBytes(
      f32x4.sub(f32x4.mul(look(fromAt, tableAt), v128.load(lightAt)), one),
      f32x4.sub(f32x4.mul(look(fromAt + 4, tableAt), v128.load(lightAt, 16)), one),
      f32x4.sub(f32x4.mul(look(fromAt + 8, tableAt), v128.load(lightAt, 32)), one),
      f32x4.sub(f32x4.mul(look(fromAt + 12, tableAt), v128.load(lightAt, 48)), one),
    ));
  }
}

/**
 * Sums of each level's float in a table minus a float of a row, over the bytes from `fromAt` to `endAt`.
 * @param sumsAt two doubles to which the differences and their squares are added
 */
export function sumDifferences(fromAt: usize, endAt: usize, tableAt: usize, lightAt: usize, sumsAt: usize): void {
  let sum = f64x2.splat(0), squares = f64x2.splat(0);
  for (; fromAt + 4 <= endAt; fromAt += 4, lightAt += STEP) {
    const differences = f32x4.sub(look(fromAt, tableAt), v128.load(lightAt));
    const low = f64x2.promote_low_f32x4(differences);
    const high = f64x2.promote_low_f32x4(i64x2.shuffle(differences, differences, 1, 0));
    sum = f64x2.add(sum, f64x2.add(low, high));
    squares = f64x2.add(squares, f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high)));
  }
  let rest: f64 = 0, restSquares: f64 = 0;
  for (; fromAt < endAt; fromAt++, lightAt += FLOAT_BYTES) {
    const difference = <f64>(load<f32>(tableAt + (<usize>load<u8>(fromAt) << 2)) - load<f32>(lightAt));
    rest += difference;
    restSquares += difference * difference;
  }
  store<f64>(sumsAt, load<f64>(sumsAt) + rest + f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
  restSquares += f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
  store<f64>(sumsAt, load<f64>(sumsAt, 8) + restSquares, 8);
}

/** What a table of floats has for four bytes. */
// @ts-ignore: decorator
@inline
function look(at: usize, tableAt: usize): v128 {
  const first = v128.load32_zero(tableAt + (<usize>load<u8>(at) << 2));
  const second = v128.load32_lane(tableAt + (<usize>load<u8>(at, 1) << 2), first, 1);
  const third = v128.load32_lane(tableAt + (<usize>load<u8>(at, 2) << 2), second, 2);
  return v128.load32_lane(tableAt + (<usize>load<u8>(at, 3) << 2), third, 3);
}

/**
 * Adds up a row in squares: each `scale` bytes, as floats of a table, are added to one float. The last may be fewer.
 */
export function addSquares(fromAt: usize, endAt: usize, scale: i32, tableAt: usize, sumsAt: usize): void {
  for (; fromAt < endAt; sumsAt += FLOAT_BYTES) {
    const nextAt = min(endAt, fromAt + <usize>scale);
    let sum: f32 = 0;
    for (; fromAt + 4 <= nextAt; fromAt += 4) {
      const four = look(fromAt, tableAt);
      const halves = f32x4.add(four, i64x2.shuffle(four, four, 1, 0));
      sum += f32x4.extract_lane(halves, 0) + f32x4.extract_lane(halves, 1);
    }
    for (; fromAt < nextAt; fromAt++) sum += load<f32>(tableAt + (<usize>load<u8>(fromAt) << 2));
    store<f32>(sumsAt, load<f32>(sumsAt) + sum);
  }
}

/**
 * Adds to a row of floats from `rowAt` to `endAt` a coarse row, interpolated linearly.
 * @param coarseAt values that lie `scale` places apart; the first is repeated before, the last behind
 */
export function addInterpolated(coarseAt: usize, coarse: i32, scale: i32, rowAt: usize, endAt: usize): void {
  const lastAt = coarseAt + <usize>(coarse - 1) * FLOAT_BYTES;
  const places = <f32>scale;
  let at = rowAt;
  let x = 0;
  for (let column = -1; at < endAt; column++) {
    const leftAt = column < 0 ? coarseAt : coarseAt + <usize>column * FLOAT_BYTES;
    const from = load<f32>(min(leftAt, lastAt));
    const to = load<f32>(min(column < 0 ? coarseAt : leftAt + FLOAT_BYTES, lastAt));
    const slope = (to - from) / places;
    // From the middle of one value's places to the middle of the next.
    const centre = (<f32>column + 0.5) * places;
    const stop = min(endAt, rowAt + <usize>(<i32>ceil(centre + places - 0.5)) * FLOAT_BYTES);
    for (let value = from + slope * (<f32>x + 0.5 - centre); at < stop; at += FLOAT_BYTES, x++, value += slope) {
      store<f32>(at, load<f32>(at) + value);
    }
  }
}
