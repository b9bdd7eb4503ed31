/**
 * The inner loops of the detector's pixel work, in AssemblyScript: TypeScript that compiles to WebAssembly with SIMD.
 * All arguments named `…At` are byte addresses in the module's memory; lib/image/kernels.ts lays it out. Reads and
 * writes may pass the end of an area by up to 16 bytes.
 */

const CHANNELS = 3;
/** Bytes that one SIMD step of shrinkRowsOfBytes takes. */
const STEP = 16;

/**
 * Area averaging of interleaved RGB bytes into three float planes.
 * A kernel table is `starts: i32[size]`, then `weights: f32[size × taps]`: output i is the weighted sum of `taps`
 * inputs from starts[i].
 * @param scratchAt room for one input row as floats
 */
export function shrinkBytes(
  sourceAt: usize, sourceWidth: i32,
  columnsAt: usize, columnTaps: i32, width: i32,
  rowsAt: usize, rowTaps: i32, height: i32,
  scratchAt: usize, targetAt: usize,
): void {
  const stride = sourceWidth * CHANNELS;
  const plane = <usize>(width * height) << 2;
  const rowWeightsAt = rowsAt + (<usize>height << 2);
  const columnWeightsAt = columnsAt + (<usize>width << 2);
  for (let y = 0; y < height; y++) {
    const first = sourceAt + <usize>(load<i32>(rowsAt + (<usize>y << 2)) * stride);
    sumRowsOfBytes(first, stride, rowWeightsAt + (<usize>(y * rowTaps) << 2), rowTaps, scratchAt);
    let outAt = targetAt + (<usize>(y * width) << 2);
    let weightAt = columnWeightsAt;
    for (let x = 0; x < width; x++) {
      let pixelAt = scratchAt + <usize>(load<i32>(columnsAt + (<usize>x << 2)) * CHANNELS * 4);
      let sum = f32x4.splat(0);
      for (let k = 0; k < columnTaps; k++) {
        sum = f32x4.add(sum, f32x4.mul(v128.load_splat<f32>(weightAt), v128.load(pixelAt)));
        weightAt += 4;
        pixelAt += CHANNELS * 4;
      }
      v128.store_lane<f32>(outAt, sum, 0);
      v128.store_lane<f32>(outAt + plane, sum, 1);
      v128.store_lane<f32>(outAt + 2 * plane, sum, 2);
      outAt += 4;
    }
  }
}

/** scratch[i] = Σ weights[k] · row k [i], 16 values at a time. */
function sumRowsOfBytes(firstAt: usize, stride: i32, weightsAt: usize, taps: i32, scratchAt: usize): void {
  for (let i = 0; i < stride; i += STEP) {
    let a = f32x4.splat(0), b = f32x4.splat(0), c = f32x4.splat(0), d = f32x4.splat(0);
    let fromAt = firstAt + <usize>i;
    for (let k = 0; k < taps; k++) {
      const weight = v128.load_splat<f32>(weightsAt + (<usize>k << 2));
      const bytes = v128.load(fromAt);
      const low = i16x8.extend_low_i8x16_u(bytes);
      const high = i16x8.extend_high_i8x16_u(bytes);
      a = f32x4.add(a, f32x4.mul(weight, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(low))));
      b = f32x4.add(b, f32x4.mul(weight, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(low))));
      c = f32x4.add(c, f32x4.mul(weight, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(high))));
      d = f32x4.add(d, f32x4.mul(weight, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(high))));
      fromAt += <usize>stride;
    }
    const toAt = scratchAt + (<usize>i << 2);
    v128.store(toAt, a);
    v128.store(toAt, b, 16);
    v128.store(toAt, c, 32);
    v128.store(toAt, d, 48);
  }
}

/** Area averaging of three float planes into three smaller ones. */
export function shrinkPlanes(
  sourceAt: usize, sourceWidth: i32, sourceHeight: i32,
  columnsAt: usize, columnTaps: i32, width: i32,
  rowsAt: usize, rowTaps: i32, height: i32,
  scratchAt: usize, targetAt: usize,
): void {
  const rowWeightsAt = rowsAt + (<usize>height << 2);
  const columnWeightsAt = columnsAt + (<usize>width << 2);
  let outAt = targetAt;
  for (let c = 0; c < CHANNELS; c++) {
    const planeAt = sourceAt + (<usize>(c * sourceWidth * sourceHeight) << 2);
    for (let y = 0; y < height; y++) {
      const first = planeAt + (<usize>(load<i32>(rowsAt + (<usize>y << 2)) * sourceWidth) << 2);
      sumRowsOfFloats(first, sourceWidth, rowWeightsAt + (<usize>(y * rowTaps) << 2), rowTaps, scratchAt);
      let weightAt = columnWeightsAt;
      for (let x = 0; x < width; x++) {
        let valueAt = scratchAt + (<usize>load<i32>(columnsAt + (<usize>x << 2)) << 2);
        let sum: f32 = 0;
        for (let k = 0; k < columnTaps; k++) {
          sum += load<f32>(weightAt) * load<f32>(valueAt);
          weightAt += 4;
          valueAt += 4;
        }
        store<f32>(outAt, sum);
        outAt += 4;
      }
    }
  }
}

function sumRowsOfFloats(firstAt: usize, width: i32, weightsAt: usize, taps: i32, scratchAt: usize): void {
  for (let i = 0; i < width; i += 4) {
    let sum = f32x4.splat(0);
    let fromAt = firstAt + (<usize>i << 2);
    for (let k = 0; k < taps; k++) {
      sum = f32x4.add(sum, f32x4.mul(v128.load_splat<f32>(weightsAt + (<usize>k << 2)), v128.load(fromAt)));
      fromAt += <usize>width << 2;
    }
    v128.store(scratchAt + (<usize>i << 2), sum);
  }
}

/**
 * Bilinear sampling of a square of interleaved RGB bytes into size × size float planes. (left, top) is where the
 * first output pixel's centre lies, in source pixels whose centres are integers; outside the source is black.
 */
export function cropBytes(
  sourceAt: usize, width: i32, height: i32,
  left: f32, top: f32, stepX: f32, stepY: f32, size: i32, targetAt: usize,
): void {
  const plane = <usize>(size * size) << 2;
  let outAt = targetAt;
  for (let v = 0; v < size; v++) {
    const y = top + <f32>v * stepY;
    const inRow = y > -0.5 && y < <f32>height - 0.5;
    const y0 = clamp(<i32>floor(y), height - 1);
    const fy = fraction(y, y0);
    const upperAt = sourceAt + <usize>(y0 * width * CHANNELS);
    const lowerAt = sourceAt + <usize>(min(y0 + 1, height - 1) * width * CHANNELS);
    for (let u = 0; u < size; u++, outAt += 4) {
      const x = left + <f32>u * stepX;
      let colour = f32x4.splat(0);
      if (inRow && x > -0.5 && x < <f32>width - 0.5) {
        const x0 = clamp(<i32>floor(x), width - 1);
        const fx = f32x4.splat(fraction(x, x0));
        const from = <usize>(x0 * CHANNELS);
        const to = <usize>(min(x0 + 1, width - 1) * CHANNELS);
        const upper = mix(pixel(upperAt + from), pixel(upperAt + to), fx);
        const lower = mix(pixel(lowerAt + from), pixel(lowerAt + to), fx);
        colour = mix(upper, lower, f32x4.splat(fy));
      }
      v128.store_lane<f32>(outAt, colour, 0);
      v128.store_lane<f32>(outAt + plane, colour, 1);
      v128.store_lane<f32>(outAt + 2 * plane, colour, 2);
    }
  }
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
      const rows = i8x16.avgr_u(v128.load(fromAt), v128.load(fromAt + stride));
      const left = i8x16.shuffle(rows, rows, 0, 1, 2, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
      const right = i8x16.shuffle(rows, rows, 3, 4, 5, 9, 10, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
      const mean = i8x16.add(v128.and(left, right), i8x16.shr_u(v128.xor(left, right), 1));
      v128.store64_lane(toAt, mean, 0);
      fromAt += 4 * CHANNELS;
      toAt += 2 * CHANNELS;
    }
  }
}

/** Four bytes as floats: RGB and one lane that nobody reads. */
// @ts-ignore: decorator
@inline
function pixel(at: usize): v128 {
  const bytes = v128.load32_zero(at);
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes)));
}

// @ts-ignore: decorator
@inline
function mix(a: v128, b: v128, share: v128): v128 {
  return f32x4.add(a, f32x4.mul(share, f32x4.sub(b, a)));
}

// @ts-ignore: decorator
@inline
function clamp(value: i32, most: i32): i32 {
  return max(0, min(value, most));
}

// @ts-ignore: decorator
@inline
function fraction(value: f32, whole: i32): f32 {
  return max<f32>(0, min<f32>(1, value - <f32>whole));
}
