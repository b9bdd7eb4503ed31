/** What every verification set comes down to: images, and folds of pairs of them. */
import type { ImageSource } from '../pipeline/image-set';

export interface Pair {
  /** Indices into the set's images. */
  readonly a: number;
  readonly b: number;
  readonly same: boolean;
}

export interface PairSet {
  readonly images: readonly ImageSource[];
  readonly folds: readonly (readonly Pair[])[];
}
