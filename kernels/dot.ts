/**
 * The inner loop of the gallery's search, in AssemblyScript: dot products of rows of 8-bit codes with one 16-bit probe.
 * One thread of it reads the codes about as fast as memory delivers them.
 */

/** Rows are taken four at a time, so that one load of the probe serves four of them. */
const ROWS_PER_STEP = 4;
/** Codes of a row that one turn of the inner loop consumes. */
const CODES_PER_TURN = 16;
const HALF_TURN = CODES_PER_TURN / 2;
const PROBE_BYTES = 2;
const SUM_BYTES = 4;

// @ts-ignore: decorator
@inline
function turn(sum: v128, rowAt: usize, low: v128, high: v128): v128 {
  sum = i32x4.add(sum, i32x4.dot_i16x8_s(v128.load_ext<i8>(rowAt), low));
  return i32x4.add(sum, i32x4.dot_i16x8_s(v128.load_ext<i8>(rowAt, HALF_TURN), high));
}

// @ts-ignore: decorator
@inline
function total(sum: v128): i32 {
  return (
    i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1) + i32x4.extract_lane(sum, 2) + i32x4.extract_lane(sum, 3)
  );
}

/**
 * Writes 4 × `steps` int32 dot products to `outAt`.
 * @param rowsAt the first row's int8 codes; the others follow without a gap
 * @param stride codes of a row, a multiple of 16
 * @param probeAt `stride` int16 values, small enough that no sum leaves the int32 range
 */
export function dots(rowsAt: usize, stride: usize, steps: i32, probeAt: usize, outAt: usize): void {
  const probeEnd = probeAt + stride * PROBE_BYTES;
  for (; steps > 0; steps--, rowsAt += stride * (ROWS_PER_STEP - 1), outAt += ROWS_PER_STEP * SUM_BYTES) {
    let first = i32x4.splat(0), second = first, third = first, fourth = first;
    for (let at = probeAt; at < probeEnd; at += CODES_PER_TURN * PROBE_BYTES, rowsAt += CODES_PER_TURN) {
      const low = v128.load(at);
      const high = v128.load(at, HALF_TURN * PROBE_BYTES);
      first = turn(first, rowsAt, low, high);
      second = turn(second, rowsAt + stride, low, high);
      third = turn(third, rowsAt + 2 * stride, low, high);
      fourth = turn(fourth, rowsAt + 3 * stride, low, high);
    }
    store<i32>(outAt, total(first));
    store<i32>(outAt, total(second), SUM_BYTES);
    store<i32>(outAt, total(third), 2 * SUM_BYTES);
    store<i32>(outAt, total(fourth), 3 * SUM_BYTES);
  }
}
