/** Arithmetic with embeddings. All sums are made in double precision. */

/**
 * How far from 1 the length of a vector of unit length may be: generous to a model that normalises in half precision.
 * Who accepts, compares or bounds embeddings goes by this.
 */
export const UNIT_TOLERANCE = 1e-3;

/** The most that a vector of unit length may measure. */
export const LONGEST_UNIT = 1 + UNIT_TOLERANCE;

/**
 * Of all values of `a` and those of `b` from `start` on. Four sums side by side: the processor adds them at once,
 * which matters in a crowd.
 */
export function dot(a: Float32Array, b: Float32Array, start = 0): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const { length } = a;
  const fours = length - (length % 4);
  for (let i = 0; i < fours; i += 4) {
    s0 += a[i]! * b[start + i]!;
    s1 += a[i + 1]! * b[start + i + 1]!;
    s2 += a[i + 2]! * b[start + i + 2]!;
    s3 += a[i + 3]! * b[start + i + 3]!;
  }
  for (let i = fours; i < length; i++) s0 += a[i]! * b[start + i]!;
  return s0 + s1 + s2 + s3;
}

/** Euclidean length. */
export function lengthOf(vector: Float32Array): number {
  let squares = 0;
  for (const value of vector) squares += value * value;
  return Math.sqrt(squares);
}

/** Whether a length is that of a unit vector; not for NaN. */
export function isUnitLength(length: number): boolean {
  return Math.abs(length - 1) <= UNIT_TOLERANCE;
}

/** Cosine similarity of two unit vectors of the same dimension, -1..1. */
export function cosine(a: Float32Array, b: Float32Array): number {
  return clampCosine(dot(a, b));
}

/** Rounding can carry the dot product of two unit vectors past 1. */
export function clampCosine(similarity: number): number {
  return Math.max(-1, Math.min(1, similarity));
}

/** The vector divided by its length; undefined where it has no direction: zeros, or what are no finite numbers. */
export function toUnitLength(vector: Float32Array): Float32Array | undefined {
  const length = lengthOf(vector);
  return length > 0 && Number.isFinite(length) ? vector.map((value) => value / length) : undefined;
}
