/**
 * Vectors as small integers, with a bound on what that loses. A row x becomes s·q + e with int8 q; a probe p becomes
 * t·r + f with int16 r. Then, by Cauchy and Schwarz,
 *
 *   |p·x − t·s·(r·q)| = |t·r·e + f·x| ≤ (‖p‖ + ‖f‖)·‖e‖ + ‖f‖·‖x‖
 *
 * so the integer dot product says for certain which rows cannot be among the best, and only the others need the
 * exact one.
 */
import { LONGEST_UNIT } from '../../core/vector';

const INT8_MAX = 127;
const INT16_MAX = 32_767;
const INT32_MAX = 2 ** 31 - 1;
/** More than the rounding of a float32, and of sums of doubles, can take from a bound. */
const ROUNDING = 1e-6;

export interface QuantisedRow {
  /** s, a float32. */
  readonly scale: number;
  /** ‖e‖, rounded upwards. */
  readonly error: number;
}

function largestMagnitude(vector: Float32Array): number {
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  return largest;
}

/** Writes q to codes and returns s and ‖e‖. codes may be longer than the row; what is behind it stays as it is. */
export function quantiseRow(row: Float32Array, codes: Int8Array): QuantisedRow {
  const scale = Math.fround(largestMagnitude(row) / INT8_MAX) || 1;
  let squaredError = 0;
  for (let i = 0; i < row.length; i++) {
    const code = Math.max(-INT8_MAX, Math.min(INT8_MAX, Math.round(row[i]! / scale)));
    codes[i] = code;
    squaredError += (row[i]! - scale * code) ** 2;
  }
  return { scale, error: Math.sqrt(squaredError) * (1 + ROUNDING) };
}

/** How to turn a row's integer dot product into the most that p·x can be. */
export interface QuantisedProbe {
  /** t: p·x is about t · s · (r·q). */
  readonly scale: number;
  /** The most that p·x lies above that: errorWeight · ‖e‖ + margin. */
  readonly errorWeight: number;
  readonly margin: number;
}

/** Writes r to codes, as large as the int32 sums with rows of this length allow. */
export function quantiseProbe(probe: Float32Array, codes: Int16Array): QuantisedProbe {
  const largestCode = Math.min(INT16_MAX, Math.floor(INT32_MAX / (INT8_MAX * probe.length)));
  const scale = largestMagnitude(probe) / largestCode || 1;
  let squared = 0;
  let squaredError = 0;
  for (let i = 0; i < probe.length; i++) {
    const code = Math.max(-largestCode, Math.min(largestCode, Math.round(probe[i]! / scale)));
    codes[i] = code;
    squared += probe[i]! ** 2;
    squaredError += (probe[i]! - scale * code) ** 2;
  }
  const error = Math.sqrt(squaredError);
  return { scale, errorWeight: Math.sqrt(squared) + error, margin: error * LONGEST_UNIT + ROUNDING };
}
