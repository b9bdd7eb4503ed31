/** Gives the faces of a frame what tells whose they are: an embedding, and how sharp they are. */
import type { Face } from '../core/face';
import type { Engine } from '../engine/engine';
import type { Embedded, EmbedRequest } from '../engine/operations';
import type { Frame } from '../image/frame';

/**
 * The faces, in their order, each with its embedding.
 * @param frame asked for only where there is a face to embed
 * @param wanted for each face whether to embed it; one that is left out says so. Absent: all of them
 * @throws what the engine throws
 */
export async function embedFaces(
  engine: Engine,
  frame: () => Frame,
  faces: readonly Face[],
  request: EmbedRequest,
  wanted?: readonly boolean[],
): Promise<readonly Face[]> {
  const chosen = faces.filter((_, index) => wanted?.[index] ?? true);
  if (chosen.length === 0) return faces.map(skipped);
  const landmarks = chosen.map((face) => face.landmarks);
  const embedded = await engine.call('embed', frame(), landmarks, request);
  const results = new Map(chosen.map((face, index) => [face, embedded[index]!]));
  return faces.map((face) => {
    const result = results.get(face);
    return result ? withEmbedding(face, result, request.model.id) : skipped(face);
  });
}

function skipped(face: Face): Face {
  return { ...face, embeddingSkipped: true };
}

function withEmbedding(face: Face, { embedding, sharpness, crop }: Embedded, embeddingModel: string): Face {
  return {
    ...face,
    embedding,
    embeddingModel,
    quality: { ...face.quality, sharpness },
    ...(crop && { crop }),
  };
}
