/** Weighted sums of the channels of interleaved RGB, four pixels at a time; reads may pass the end by 4 bytes. */

/** Shares of the channels are parts of 1 << SHARE_BITS. */
export const SHARE_BITS = 14;
/** Bytes of four pixels. */
export const FOUR_BYTES = 12;
const REGISTER = 16;

/** Luminance of ITU-R BT.601. */
const RED: i16 = 4899, GREEN: i16 = 9617, BLUE: i16 = 1868;

/** The sums of four pixels. */
// @ts-ignore: decorator
@inline
export function weighFour(rgbAt: usize, weights: v128): v128 {
  const colours = i8x16.swizzle(v128.load(rgbAt), i8x16(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1));
  const low = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(colours), weights);
  const high = i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(colours), weights);
  return i32x4.add(i32x4.shuffle(low, high, 0, 2, 4, 6), i32x4.shuffle(low, high, 1, 3, 5, 7));
}

/** RGB from `rgbAt` → luminances as floats from `toAt` to `endAt`, not rounded: rounding would be noise. */
export function floatLuminance(rgbAt: usize, toAt: usize, endAt: usize): void {
  const weights = i16x8(RED, GREEN, BLUE, 0, RED, GREEN, BLUE, 0);
  const unit = f32x4.splat(1 / <f32>(1 << SHARE_BITS));
  for (; toAt < endAt; toAt += REGISTER, rgbAt += FOUR_BYTES) {
    v128.store(toAt, f32x4.mul(f32x4.convert_i32x4_s(weighFour(rgbAt, weights)), unit));
  }
}
