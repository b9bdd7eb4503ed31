/** Whether an embedding was made from a picture that is there already. */
import { cosine } from './sample';

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

/** Unit length is exact to a thousandth: of the squares, two. */
const MOST_DIFFERENCE = 2 * (1.0021 - SAME_PICTURE);

function samePicture(a: Float32Array, b: Float32Array): boolean {
  let difference = 0;
  for (let i = 0; i < a.length; i++) {
    difference += (a[i]! - b[i]!) ** 2;
    if (difference > MOST_DIFFERENCE) return false;
  }
  return cosine(a, b) > SAME_PICTURE;
}
