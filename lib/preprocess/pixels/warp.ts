/** Reading a frame at other places than its pixels: bilinear interpolation, black outside the frame. */
import { CHANNELS, type Frame } from '../../image/frame';
import { distort, invert, type Homography, type Lens } from '../transform';

/** Places in the source are whole numbers of 1/256 pixel. */
const FRACTION_BITS = 8;
const ONE = 1 << FRACTION_BITS;
/** From continuous coordinates, with rounding, to places where (0, 0) is the centre of the first pixel. */
const TO_PLACE = 0.5 - ONE / 2;

/** Fills us and vs with the places in the source of the pixels of row y of the target. */
export type Locate = (y: number, us: Int32Array, vs: Int32Array) => void;

/** Locates the pixels of the result of a homography that maps the source onto it. */
export function locateByHomography(matrix: Homography): Locate {
  const inverse = invert(matrix);
  return (y, us, vs) => projectRow(inverse, y, us, vs);
}

// The engine keeps numbers that a closure captures in memory, but those of a function's own in registers.
function projectRow(inverse: Homography, y: number, us: Int32Array, vs: Int32Array): void {
  const [a, b, c, d, e, f, g, h, i] = inverse;
  const v = y + 0.5;
  for (let x = 0, u = 0.5; x < us.length; x++, u++) {
    const scale = ONE / (g * u + h * v + i);
    us[x] = (a * u + b * v + c) * scale + TO_PLACE;
    vs[x] = (d * u + e * v + f) * scale + TO_PLACE;
  }
}

/** Locates the pixels of an image without the lens's distortion. */
export function locateByLens(lens: Lens): Locate {
  return (y, us, vs) => distortRow(lens, y, us, vs);
}

/** A lens bends slowly: between columns this far apart a straight line is off by 1/50 pixel at most. */
const LENS_STEP = 4;

function distortRow(lens: Lens, y: number, us: Int32Array, vs: Int32Array): void {
  let from = distort(lens, { x: 0.5, y: y + 0.5 });
  for (let start = 0; start < us.length; start += LENS_STEP) {
    const to = distort(lens, { x: start + LENS_STEP + 0.5, y: y + 0.5 });
    const du = ((to.x - from.x) * ONE) / LENS_STEP;
    const dv = ((to.y - from.y) * ONE) / LENS_STEP;
    let u = from.x * ONE + TO_PLACE;
    let v = from.y * ONE + TO_PLACE;
    for (let x = start; x < Math.min(start + LENS_STEP, us.length); x++, u += du, v += dv) {
      us[x] = u;
      vs[x] = v;
    }
    from = to;
  }
}

/** Red and blue of a pixel that is read as one integer; together they are interpolated in 16 bits each. */
const RED_BLUE = 0x00ff00ff;
const HALF = ONE / 2;
const HALVES = HALF | (HALF << 16);

/** Fills the target, another frame of any size, from the places in the source that `locate` says. */
export function warp(source: Frame, target: Frame, locate: Locate): void {
  const bytes = new DataView(source.data.buffer, source.data.byteOffset, source.data.byteLength);
  const us = new Int32Array(target.width);
  const vs = new Int32Array(target.width);
  for (let y = 0; y < target.height; y++) {
    locate(y, us, vs);
    readRow(bytes, source.width, source.height, us, vs, target.data, y * target.width * CHANNELS);
  }
}

export function readRow(
  bytes: DataView,
  width: number,
  height: number,
  us: Int32Array,
  vs: Int32Array,
  out: Uint8Array,
  start: number,
): void {
  const rowBytes = width * CHANNELS;
  // Each pixel is read with the byte behind it, which the last row does not have: it goes the slow way.
  const uEnd = (width - 1) * ONE;
  const vEnd = (height - 2) * ONE;
  for (let x = 0, to = start; x < us.length; x++, to += CHANNELS) {
    const u = us[x]!;
    const v = vs[x]!;
    if (u < 0 || v < 0 || u >= uEnd || v >= vEnd) {
      readBorder(bytes, width, height, u, v, out, to);
      continue;
    }
    const fx = u & (ONE - 1);
    const fy = v & (ONE - 1);
    const w11 = (Math.imul(fx, fy) + HALF) >> FRACTION_BITS;
    const w10 = fx - w11;
    const w01 = fy - w11;
    const w00 = ONE - fx - w01;
    const upper = Math.imul(v >> FRACTION_BITS, rowBytes) + Math.imul(u >> FRACTION_BITS, CHANNELS);
    const lower = upper + rowBytes;
    const p00 = bytes.getInt32(upper, true);
    const p10 = bytes.getInt32(upper + CHANNELS, true);
    const p01 = bytes.getInt32(lower, true);
    const p11 = bytes.getInt32(lower + CHANNELS, true);
    const redBlue =
      (Math.imul(p00 & RED_BLUE, w00) +
        Math.imul(p10 & RED_BLUE, w10) +
        Math.imul(p01 & RED_BLUE, w01) +
        Math.imul(p11 & RED_BLUE, w11) +
        HALVES) |
      0;
    const green =
      (Math.imul((p00 >> 8) & 0xff, w00) +
        Math.imul((p10 >> 8) & 0xff, w10) +
        Math.imul((p01 >> 8) & 0xff, w01) +
        Math.imul((p11 >> 8) & 0xff, w11) +
        HALF) |
      0;
    out[to] = redBlue >> 8;
    out[to + 1] = green >> 8;
    out[to + 2] = redBlue >> 24;
  }
}

/**
 * One pixel without four around it. Up to half a pixel outside the outermost centres the border's colour goes on, so
 * that whole-numbered moves keep every pixel; farther out is black.
 */
function readBorder(
  bytes: DataView,
  width: number,
  height: number,
  u: number,
  v: number,
  out: Uint8Array,
  to: number,
): void {
  if (u < -HALF || v < -HALF || u > width * ONE - HALF || v > height * ONE - HALF) {
    out[to] = out[to + 1] = out[to + 2] = 0;
    return;
  }
  const column = Math.min(width - 1, Math.max(0, u / ONE));
  const row = Math.min(height - 1, Math.max(0, v / ONE));
  const left = Math.floor(column);
  const top = Math.floor(row);
  const fx = column - left;
  const fy = row - top;
  const upper = (top * width + left) * CHANNELS;
  const lower = top < height - 1 ? upper + width * CHANNELS : upper;
  const right = left < width - 1 ? CHANNELS : 0;
  for (let c = 0; c < CHANNELS; c++) {
    const above = bytes.getUint8(upper + c) * (1 - fx) + bytes.getUint8(upper + right + c) * fx;
    const below = bytes.getUint8(lower + c) * (1 - fx) + bytes.getUint8(lower + right + c) * fx;
    out[to + c] = above * (1 - fy) + below * fy + 0.5;
  }
}
