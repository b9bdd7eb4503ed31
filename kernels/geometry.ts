/**
 * Reading a frame at other places than its pixels, in AssemblyScript: TypeScript that compiles to WebAssembly with
 * SIMD. All arguments named `…At` are byte addresses in the module's memory, which lib/pixels/warp.ts lays
 * out; reads and writes may pass the end of an area by 16 bytes. Places are whole numbers of 1 / ONE pixel, (0, 0)
 * being the centre of the first one.
 */

const CHANNELS = 3;
/** Pixels that are read in one turn. */
const FOUR = 4;
const FRACTION_BITS = 8;
const ONE: i32 = 1 << FRACTION_BITS;
const HALF: i32 = ONE / 2;
/** From continuous coordinates, with rounding, to places. */
const TO_PLACE: f32 = 0.5 - <f32>ONE / 2;
const FLOAT_BYTES = 4;
const STEP = FOUR * FLOAT_BYTES;

// @ts-ignore: decorator
@inline
function toPlaces(positions: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.add(positions, f32x4.splat(TO_PLACE)));
}

/** The centres of four pixels side by side. */
// @ts-ignore: decorator
@inline
function fourFrom(x: i32): v128 {
  return f32x4.add(f32x4.splat(<f32>x), f32x4(0.5, 1.5, 2.5, 3.5));
}

/**
 * The places in the source of pixels (x, y), (x + 1, y) … of the result of a homography, from `usAt` to `endAt` and from
 * `vsAt`, in fours.
 * @param matrixAt nine floats, row-major: from the result to the source
 */
export function projectRow(matrixAt: usize, x: i32, y: i32, usAt: usize, endAt: usize, vsAt: usize): void {
  const v = <f32>y + 0.5;
  const a = f32x4.splat(load<f32>(matrixAt)), d = f32x4.splat(load<f32>(matrixAt, 12));
  const g = f32x4.splat(load<f32>(matrixAt, 24));
  const bc = f32x4.splat(load<f32>(matrixAt, 4) * v + load<f32>(matrixAt, 8));
  const ef = f32x4.splat(load<f32>(matrixAt, 16) * v + load<f32>(matrixAt, 20));
  const hi = f32x4.splat(load<f32>(matrixAt, 28) * v + load<f32>(matrixAt, 32));
  const one = f32x4.splat(<f32>ONE), four = f32x4.splat(4);
  for (let u = fourFrom(x); usAt < endAt; usAt += STEP, vsAt += STEP, u = f32x4.add(u, four)) {
    const scale = f32x4.div(one, f32x4.add(f32x4.mul(g, u), hi));
    v128.store(usAt, toPlaces(f32x4.mul(f32x4.add(f32x4.mul(a, u), bc), scale)));
    v128.store(vsAt, toPlaces(f32x4.mul(f32x4.add(f32x4.mul(d, u), ef), scale)));
  }
}

/**
 * The same for an image without its lens's distortion.
 * @param lensAt floats: focal length, centre x and y in pixels, then k1, k2, k3, p1, p2 (see Lens in transform.ts)
 */
export function distortRow(lensAt: usize, column: i32, row: i32, usAt: usize, endAt: usize, vsAt: usize): void {
  const focal = load<f32>(lensAt);
  const centreX = f32x4.splat(load<f32>(lensAt, 4)), centreY = f32x4.splat(load<f32>(lensAt, 8) * <f32>ONE);
  const k1 = f32x4.splat(load<f32>(lensAt, 12)), k2 = f32x4.splat(load<f32>(lensAt, 16));
  const k3 = f32x4.splat(load<f32>(lensAt, 20));
  const p1 = f32x4.splat(load<f32>(lensAt, 24)), p2 = f32x4.splat(load<f32>(lensAt, 28));
  const y = f32x4.splat((<f32>row + 0.5 - load<f32>(lensAt, 8)) / focal);
  const yy = f32x4.mul(y, y);
  const shrink = f32x4.splat(1 / focal), grow = f32x4.splat(focal * <f32>ONE);
  const one = f32x4.splat(1), ones = f32x4.splat(<f32>ONE), four = f32x4.splat(4);
  for (let u = fourFrom(column); usAt < endAt; usAt += STEP, vsAt += STEP, u = f32x4.add(u, four)) {
    const x = f32x4.mul(f32x4.sub(u, centreX), shrink);
    const xx = f32x4.mul(x, x);
    const r2 = f32x4.add(xx, yy);
    const inner = f32x4.add(k1, f32x4.mul(r2, f32x4.add(k2, f32x4.mul(r2, k3))));
    const radial = f32x4.add(one, f32x4.mul(r2, inner));
    const xy2 = f32x4.mul(f32x4.add(x, x), y);
    const bentX = f32x4.add(f32x4.mul(p1, xy2), f32x4.mul(p2, f32x4.add(r2, f32x4.add(xx, xx))));
    const bentY = f32x4.add(f32x4.mul(p1, f32x4.add(r2, f32x4.add(yy, yy))), f32x4.mul(p2, xy2));
    const fromX = f32x4.mul(grow, f32x4.add(f32x4.mul(x, radial), bentX));
    const fromY = f32x4.mul(grow, f32x4.add(f32x4.mul(y, radial), bentY));
    v128.store(usAt, toPlaces(f32x4.add(f32x4.mul(centreX, ones), fromX)));
    v128.store(vsAt, toPlaces(f32x4.add(centreY, fromY)));
  }
}

/** Bits of a level between the two interpolations, and of the fraction: together a signed 16-bit product. */
const SUM_BITS = 2 * FRACTION_BITS - 1;

/**
 * Pixels of the target, bilinear, from the places that usAt and vsAt list, which are written over. Up to half a pixel
 * outside the outermost centres the border's colour goes on, so that whole-numbered moves keep every pixel; farther out
 * is black.
 */
export function sampleRow(
  sourceAt: usize, width: i32, height: i32, usAt: usize, vsAt: usize, toAt: usize, endAt: usize,
): void {
  const stride = <usize>(width * CHANNELS);
  const uEnd = i32x4.splat((width - 1) * ONE), vEnd = i32x4.splat((height - 1) * ONE);
  const strides = i32x4.splat(width * CHANNELS), channels = i32x4.splat(CHANNELS);
  const fraction = i32x4.splat(ONE - 1), one = i32x4.splat(ONE);
  for (; toAt + FOUR * CHANNELS <= endAt; toAt += FOUR * CHANNELS, usAt += STEP, vsAt += STEP) {
    const u = v128.load(usAt), v = v128.load(vsAt);
    if (!i32x4.all_true(v128.and(i32x4.lt_u(u, uEnd), i32x4.lt_u(v, vEnd)))) {
      for (let i = 0; i < FOUR; i++) samplePixel(sourceAt, width, height, usAt, vsAt, toAt, i);
      continue;
    }
    // Where each pixel lies, and the weights of the rows above and below, are read one by one below.
    const rows = i32x4.mul(i32x4.shr_u(v, FRACTION_BITS), strides);
    v128.store(usAt, i32x4.add(rows, i32x4.mul(i32x4.shr_u(u, FRACTION_BITS), channels)));
    v128.store(vsAt, weightPairs(v128.and(v, fraction), one));
    const pairs = weightPairs(v128.and(u, fraction), one);
    const a = mix(sourceAt + <usize>load<u32>(usAt), stride, vsAt, i32x4.shuffle(pairs, pairs, 0, 0, 0, 0));
    const b = mix(sourceAt + <usize>load<u32>(usAt, 4), stride, vsAt + 4, i32x4.shuffle(pairs, pairs, 1, 1, 1, 1));
    const c = mix(sourceAt + <usize>load<u32>(usAt, 8), stride, vsAt + 8, i32x4.shuffle(pairs, pairs, 2, 2, 2, 2));
    const d = mix(sourceAt + <usize>load<u32>(usAt, 12), stride, vsAt + 12, i32x4.shuffle(pairs, pairs, 3, 3, 3, 3));
    const bytes = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
    const packed = i8x16.swizzle(bytes, i8x16(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1));
    v128.store64_lane(toAt, packed, 0);
    v128.store32_lane(toAt, packed, 2, 8);
  }
  const rest = <i32>(endAt - toAt) / CHANNELS;
  for (let i = 0; i < rest; i++) samplePixel(sourceAt, width, height, usAt, vsAt, toAt, i);
}

/** What two neighbours weigh, for each of four fractions: 16 bits each, the nearer one in the lower half. */
// @ts-ignore: decorator
@inline
function weightPairs(fractions: v128, one: v128): v128 {
  return v128.or(i32x4.shl(fractions, 16), i32x4.sub(one, fractions));
}

/**
 * The colour between a pixel, the one beside it and the two below.
 * @param rowsAt 16-bit weights of the rows
 * @param columns 16-bit weights of the columns, four times
 */
// @ts-ignore: decorator
@inline
function mix(at: usize, stride: usize, rowsAt: usize, columns: v128): v128 {
  const upper = i16x8.mul(v128.load8x8_u(at), v128.load16_splat(rowsAt));
  const lower = i16x8.mul(v128.load8x8_u(at + stride), v128.load16_splat(rowsAt, 2));
  const both = i16x8.shr_u(i16x8.add(upper, lower), 1);
  const sums = i32x4.dot_i16x8_s(i16x8.shuffle(both, both, 0, 3, 1, 4, 2, 5, 2, 5), columns);
  return i32x4.shr_u(i32x4.add(sums, i32x4.splat(1 << (SUM_BITS - 1))), SUM_BITS);
}

/** Pixel number i, wherever it lies. */
function samplePixel(
  sourceAt: usize, width: i32, height: i32, usAt: usize, vsAt: usize, toAt: usize, i: i32,
): void {
  const u = load<i32>(usAt + <usize>(i * FLOAT_BYTES)), v = load<i32>(vsAt + <usize>(i * FLOAT_BYTES));
  const uLast = (width - 1) * ONE, vLast = (height - 1) * ONE;
  toAt += <usize>(i * CHANNELS);
  if (u < -HALF || v < -HALF || u > uLast + HALF || v > vLast + HALF) {
    store<u16>(toAt, 0);
    store<u8>(toAt, 0, 2);
    return;
  }
  const column = max(0, min(u, uLast)), row = max(0, min(v, vLast));
  const left = column >> FRACTION_BITS, top = row >> FRACTION_BITS;
  const right = column & (ONE - 1), below = row & (ONE - 1);
  let at = sourceAt + <usize>((top * width + left) * CHANNELS);
  // Behind the last column or row the fraction is 0: what lies there does not count.
  let nextAt = left < width - 1 ? at + CHANNELS : at;
  const stride = top < height - 1 ? <usize>(width * CHANNELS) : 0;
  for (let c = 0; c < CHANNELS; c++, at++, nextAt++, toAt++) {
    const first = <i32>load<u8>(at) * (ONE - below) + <i32>load<u8>(at + stride) * below;
    const second = <i32>load<u8>(nextAt) * (ONE - below) + <i32>load<u8>(nextAt + stride) * below;
    store<u8>(toAt, (first * (ONE - right) + second * right + (1 << (2 * FRACTION_BITS - 1))) >> (2 * FRACTION_BITS));
  }
}

/** Pixels of one turn: as many as fill a register but for its first byte. */
const MIRRORED = 5;

/** A row of RGB in reverse order. */
export function mirrorRow(fromAt: usize, pixels: i32, toAt: usize): void {
  let endAt = toAt + <usize>(pixels * CHANNELS);
  // One pixel more than are mirrored: the register's first byte lies before them, and is written again.
  for (; pixels > MIRRORED; pixels -= MIRRORED, fromAt += MIRRORED * CHANNELS, endAt -= MIRRORED * CHANNELS) {
    const mirrored = i8x16.swizzle(v128.load(fromAt), i8x16(-1, 12, 13, 14, 9, 10, 11, 6, 7, 8, 3, 4, 5, 0, 1, 2));
    v128.store(endAt - 16, mirrored);
  }
  for (; pixels > 0; pixels--, fromAt += CHANNELS, endAt -= CHANNELS) {
    store<u16>(endAt - CHANNELS, load<u16>(fromAt));
    store<u8>(endAt - 1, load<u8>(fromAt, 2));
  }
}
