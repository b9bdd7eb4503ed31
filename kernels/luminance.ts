/**
 * Between interleaved RGB and its luminance, in AssemblyScript: TypeScript that compiles to WebAssembly with SIMD, 16
 * pixels at a time. All arguments named `…At` are byte addresses in the module's memory, which
 * lib/pixels/luminance.ts lays out; reads and writes may pass the end of an area by 48 bytes.
 */

import { FOUR_BYTES, SHARE_BITS, weighFour } from './shared/channels';

export { floatLuminance } from './shared/channels';

/** Pixels of one turn: a register of luminances, three of RGB. */
const PIXELS = 16;
const REGISTER = 16;
const RGB_BYTES = 3 * REGISTER;

/** Shares of red, green and blue in 1/256 (ITU-R BT.601-7). */
const RED: i16 = 77;
const GREEN: i16 = 150;
const BLUE: i16 = 29;
const HALF: i16 = 128;
const SHIFT: i32 = 8;

/** RGB from `rgbAt` → luminances from `planeAt` to `endAt`. */
export function luminance(rgbAt: usize, planeAt: usize, endAt: usize): void {
  for (; planeAt < endAt; planeAt += PIXELS, rgbAt += RGB_BYTES) {
    const a = v128.load(rgbAt);
    const b = v128.load(rgbAt, REGISTER);
    const c = v128.load(rgbAt, 2 * REGISTER);
    // Every third byte of a and b, filled up with those of c.
    const redAB = i8x16.shuffle(a, b, 0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 0, 0, 0, 0, 0);
    const greenAB = i8x16.shuffle(a, b, 1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31, 0, 0, 0, 0, 0);
    const blueAB = i8x16.shuffle(a, b, 2, 5, 8, 11, 14, 17, 20, 23, 26, 29, 0, 0, 0, 0, 0, 0);
    const red = i8x16.shuffle(redAB, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 17, 20, 23, 26, 29);
    const green = i8x16.shuffle(greenAB, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 18, 21, 24, 27, 30);
    const blue = i8x16.shuffle(blueAB, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 19, 22, 25, 28, 31);
    const low = weigh(i16x8.extend_low_i8x16_u(red), i16x8.extend_low_i8x16_u(green), i16x8.extend_low_i8x16_u(blue));
    const high = weigh(
      i16x8.extend_high_i8x16_u(red), i16x8.extend_high_i8x16_u(green), i16x8.extend_high_i8x16_u(blue),
    );
    v128.store(planeAt, i8x16.narrow_i16x8_u(low, high));
  }
}

// @ts-ignore: decorator
@inline
function weigh(red: v128, green: v128, blue: v128): v128 {
  const warm = i16x8.add(i16x8.mul(red, i16x8.splat(RED)), i16x8.mul(green, i16x8.splat(GREEN)));
  const all = i16x8.add(warm, i16x8.add(i16x8.mul(blue, i16x8.splat(BLUE)), i16x8.splat(HALF)));
  return i16x8.shr_u(all, SHIFT);
}

/**
 * RGB from `rgbAt` to `endAt`, in place: channel → after + factor · (channel − before), clipped.
 * @param beforeAt luminance of each pixel
 * @param afterAt what shall be its luminance
 * @param factor in 1/256, below 128
 */
export function recolour(rgbAt: usize, endAt: usize, beforeAt: usize, afterAt: usize, factor: i16): void {
  const scale = i16x8.splat(factor);
  for (; rgbAt < endAt; rgbAt += RGB_BYTES, beforeAt += PIXELS, afterAt += PIXELS) {
    const before = v128.load(beforeAt);
    const after = v128.load(afterAt);
    // Each luminance three times, for the three channels of its pixel.
    scaleColour(
      rgbAt, scale,
      i8x16.shuffle(before, before, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5),
      i8x16.shuffle(after, after, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5),
    );
    scaleColour(
      rgbAt + REGISTER, scale,
      i8x16.shuffle(before, before, 5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 8, 9, 9, 9, 10, 10),
      i8x16.shuffle(after, after, 5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 8, 9, 9, 9, 10, 10),
    );
    scaleColour(
      rgbAt + 2 * REGISTER, scale,
      i8x16.shuffle(before, before, 10, 11, 11, 11, 12, 12, 12, 13, 13, 13, 14, 14, 14, 15, 15, 15),
      i8x16.shuffle(after, after, 10, 11, 11, 11, 12, 12, 12, 13, 13, 13, 14, 14, 14, 15, 15, 15),
    );
  }
}

// @ts-ignore: decorator
@inline
function scaleColour(at: usize, scale: v128, before: v128, after: v128): void {
  const rgb = v128.load(at);
  const low = scaleHalf(
    i16x8.sub(i16x8.extend_low_i8x16_u(rgb), i16x8.extend_low_i8x16_u(before)), scale, i16x8.extend_low_i8x16_u(after),
  );
  const high = scaleHalf(
    i16x8.sub(i16x8.extend_high_i8x16_u(rgb), i16x8.extend_high_i8x16_u(before)), scale, i16x8.extend_high_i8x16_u(after),
  );
  v128.store(at, i8x16.narrow_i16x8_u(low, high));
}

/** after + difference · scale / 256, rounded: the multiplication drops 15 bits, 8 of the scale and 7 put in before. */
// @ts-ignore: decorator
@inline
function scaleHalf(difference: v128, scale: v128, after: v128): v128 {
  return i16x8.add_sat_s(after, i16x8.q15mulr_sat_s(i16x8.shl(difference, 7), scale));
}

/** RGB from `rgbAt` → to `toAt` … `endAt` the sum of the channels' shares, three times. */
export function mixChannels(rgbAt: usize, toAt: usize, endAt: usize, red: i16, green: i16, blue: i16): void {
  const weights = i16x8(red, green, blue, 0, red, green, blue, 0);
  const half = i32x4.splat(1 << (SHARE_BITS - 1));
  const thrice = i8x16(0, 0, 0, 4, 4, 4, 8, 8, 8, 12, 12, 12, -1, -1, -1, -1);
  for (; toAt < endAt; toAt += FOUR_BYTES, rgbAt += FOUR_BYTES) {
    const greys = i32x4.shr_u(i32x4.add(weighFour(rgbAt, weights), half), SHARE_BITS);
    // What is written behind four pixels is overwritten by the next ones.
    v128.store(toAt, i8x16.swizzle(greys, thrice));
  }
}

/** Pixels of a stretch whose texture is measured. */
const STRETCH = 16;
const FLOAT_BYTES = 4;

/**
 * The texture of stretches of a row of floats, with the rows above and below it, `stride` bytes apart.
 * @param rowAt the first pixel of the first stretch; it has a neighbour to the left, the last one to the right
 * @param resultsAt for each stretch four floats: the sums of the levels, of the squares of the Laplacian and of the
 *   absolute response of Immerkær's mask; nothing
 */
export function measureStretches(rowAt: usize, stride: usize, stretches: i32, resultsAt: usize): void {
  const two = f32x4.splat(2), four = f32x4.splat(4);
  for (; stretches > 0; stretches--, resultsAt += REGISTER) {
    let levels = f32x4.splat(0), squares = f32x4.splat(0), responses = f32x4.splat(0);
    for (const endAt = rowAt + STRETCH * FLOAT_BYTES; rowAt < endAt; rowAt += REGISTER) {
      const above = rowAt - stride, below = rowAt + stride;
      const centre = v128.load(rowAt);
      const beside = f32x4.add(v128.load(rowAt - FLOAT_BYTES), v128.load(rowAt, FLOAT_BYTES));
      const sides = f32x4.add(beside, f32x4.add(v128.load(above), v128.load(below)));
      const upper = f32x4.add(v128.load(above - FLOAT_BYTES), v128.load(above, FLOAT_BYTES));
      const corners = f32x4.add(upper, f32x4.add(v128.load(below - FLOAT_BYTES), v128.load(below, FLOAT_BYTES)));
      const quadruple = f32x4.mul(four, centre);
      const laplacian = f32x4.sub(sides, quadruple);
      const response = f32x4.add(f32x4.sub(corners, f32x4.mul(two, sides)), quadruple);
      levels = f32x4.add(levels, centre);
      squares = f32x4.add(squares, f32x4.mul(laplacian, laplacian));
      responses = f32x4.add(responses, f32x4.abs(response));
    }
    store<f32>(resultsAt, total(levels));
    store<f32>(resultsAt, total(squares), 4);
    store<f32>(resultsAt, total(responses), 8);
  }
}

// @ts-ignore: decorator
@inline
function total(values: v128): f32 {
  const first = f32x4.extract_lane(values, 0) + f32x4.extract_lane(values, 1);
  return first + f32x4.extract_lane(values, 2) + f32x4.extract_lane(values, 3);
}

/** The sum of the bytes from `at` to `endAt`. */
export function sumBytes(at: usize, endAt: usize): u32 {
  let sums = i32x4.splat(0);
  for (; at + REGISTER <= endAt; at += REGISTER) {
    sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(v128.load(at))));
  }
  let sum = i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1);
  sum += i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
  for (; at < endAt; at++) sum += <i32>load<u8>(at);
  return sum;
}
