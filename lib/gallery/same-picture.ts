/** Whether an embedding was made from a picture that is there already. */
import { cosine, LONGEST_UNIT } from '../core/vector';

/** Two embeddings this alike come from the same picture. */
const SAME_PICTURE = 0.999;

/**
 * Index of the first of the others that was made from the same picture, or -1. Embeddings of different pictures differ
 * so much that a few values tell: with |a − b|² = |a|² + |b|² − 2·a·b, a pair is out once the part of the sum so far
 * exceeds what the whole may be.
 */
export function findSamePicture(embedding: Float32Array, others: readonly Float32Array[]): number {
  return others.findIndex((other) => other.length === embedding.length && samePicture(embedding, other));
}

/** Of the squares, of two unit vectors that are as long as they may be. */
const MOST_DIFFERENCE = 2 * (LONGEST_UNIT ** 2 - SAME_PICTURE);

function samePicture(a: Float32Array, b: Float32Array): boolean {
  let difference = 0;
  for (let i = 0; i < a.length; i++) {
    difference += (a[i]! - b[i]!) ** 2;
    if (difference > MOST_DIFFERENCE) return false;
  }
  return cosine(a, b) > SAME_PICTURE;
}
