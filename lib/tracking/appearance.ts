/** What a face looks like over several looks: the weighted mean of its embeddings. */
import type { Face } from '../core/face';
import { dot } from '../core/vector';

export type Embedded = Pick<Face, 'embedding' | 'embeddingModel'>;

/** Each look fades by this factor with the next one, so the mean follows a turning head within about 20 looks. */
const FADE = 0.95;

/** Cosine similarity of two unit vectors, -1..1; undefined unless both are there and of one model. */
export function similarity(a: Embedded, b: Embedded): number | undefined {
  if (a.embedding === undefined || b.embedding === undefined) return undefined;
  if (a.embeddingModel !== b.embeddingModel || a.embedding.length !== b.embedding.length) return undefined;
  return dot(a.embedding, b.embedding);
}

export class Appearance implements Embedded {
  private sum: Float64Array | undefined;
  private mean: Float32Array | undefined;
  private model: string | undefined;

  /** Unit length, and the same array after each look; undefined before the first. */
  get embedding(): Float32Array | undefined {
    return this.mean;
  }

  get embeddingModel(): string | undefined {
    return this.model;
  }

  /** Adds one look, or nothing when it has no embedding. Embeddings of another model start the mean anew. */
  add({ embedding, embeddingModel }: Embedded, weight: number): void {
    if (embedding === undefined) return;
    const { length } = embedding;
    if (this.sum?.length !== length || this.mean === undefined || this.model !== embeddingModel) {
      this.sum = new Float64Array(length);
      this.mean = new Float32Array(length);
      this.model = embeddingModel;
    }
    const { sum, mean } = this;
    let norm = 0;
    for (let i = 0; i < length; i++) {
      const value = FADE * sum[i]! + weight * embedding[i]!;
      sum[i] = value;
      norm += value * value;
    }
    const scale = norm > 0 ? 1 / Math.sqrt(norm) : 0;
    for (let i = 0; i < length; i++) mean[i] = sum[i]! * scale;
  }
}
