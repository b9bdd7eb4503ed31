/** Who is it, is it you: the faces of a picture against the people of a gallery. */
import { ArcFlowError } from '../core/errors';
import type { Face } from '../core/face';
import type { EmbeddedFace } from '../gallery/enrolment';
import type { Gallery, Verification } from '../gallery/gallery';
import { matchThreshold, ownThreshold, type ModelLookup, type ThresholdRule } from './thresholds';

export interface RecogniseOptions extends ThresholdRule {
  /** How many people a match lists. */
  readonly candidates: number;
}

/**
 * 1:N: the faces, in their order, those with an embedding with their match. Faces of several models are matched each
 * with the samples of its own.
 * @throws ArcFlowError INVALID_ARGUMENT when no face has an embedding, unless all were left out on purpose; and what
 *   Gallery.match throws
 */
export async function recogniseFaces(
  gallery: Gallery,
  models: ModelLookup,
  faces: readonly Face[],
  options: RecogniseOptions,
): Promise<readonly Face[]> {
  const matched = [...faces];
  for (const [model, indices] of byModel(faces)) {
    const probes = indices.map((index) => faces[index]!.embedding!);
    const threshold = matchThreshold(models, options, model);
    const matches = await gallery.match(probes, model, { threshold, topK: options.candidates });
    indices.forEach((index, at) => (matched[index] = { ...faces[index]!, match: matches[at]! }));
  }
  return matched;
}

/**
 * 1:1: the main face against one person's samples.
 * @param threshold cosine similarity; undefined takes the model's own
 * @throws ArcFlowError INVALID_ARGUMENT when there is no face, no embedding or no threshold; and what Gallery.verify
 *   throws
 */
export async function verifyFaces(
  gallery: Gallery,
  models: ModelLookup,
  faces: readonly Face[],
  person: string,
  threshold?: number,
): Promise<Verification> {
  const { embedding, embeddingModel: id } = mainFace(faces);
  return gallery.verify(embedding, person, id, threshold ?? ownThreshold(models(id), id));
}

/** Indices of the faces that have an embedding, by the model that made it. */
function byModel(faces: readonly Face[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  faces.forEach(({ embedding, embeddingModel }, index) => {
    if (!embedding || embeddingModel === undefined) return;
    groups.set(embeddingModel, [...(groups.get(embeddingModel) ?? []), index]);
  });
  if (groups.size === 0 && faces.some((face) => !face.embeddingSkipped)) throw noEmbedding();
  return groups;
}

/** Who stands before the camera: the largest face. */
function mainFace(faces: readonly Face[]): EmbeddedFace {
  const [main] = [...faces].sort((a, b) => b.quality.size - a.quality.size);
  if (!main)
    throw new ArcFlowError(
      'INVALID_ARGUMENT',
      'Expected a face to verify but the picture shows none',
      'no face',
    );
  const { embedding, embeddingModel } = main;
  if (!embedding || embeddingModel === undefined) throw noEmbedding();
  return { ...main, embedding, embeddingModel };
}

function noEmbedding(): ArcFlowError {
  return new ArcFlowError(
    'INVALID_ARGUMENT',
    'Expected faces with embeddings (wire arcface-embed before) for msg.faces but they have none',
    'no embedding',
  );
}
