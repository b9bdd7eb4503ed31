/** A face becomes a sample of a person, with a thumbnail where an engine is there to make it. */
import type { Engine } from '../engine/engine';
import type { EmbeddedFace } from '../gallery/enrolment';
import type { Enrolment, Gallery } from '../gallery/gallery';
import type { Frame } from '../image/frame';

/**
 * From this cosine similarity on two faces pass for one person's: far above the thresholds of the shipped networks, 0.34
 * and 0.46. Not measured on groups whose faces these networks tell apart less well.
 */
const SAME_FACE = 0.7;

export interface EnrolFaceOptions {
  /** The picture of the face: it says where and when, and gives the thumbnail. */
  readonly frame?: Frame | undefined;
  /** Enrol it although it is clearly the face of somebody who has another name. */
  readonly confirmed: boolean;
}

/**
 * @param face as chooseFace of lib/gallery/enrolment.ts gives it
 * @param engine makes the thumbnail; without it, or without a frame, the sample has none
 * @throws ArcFlowError FACE_KNOWN unless confirmed, and what else Gallery.enrol throws
 */
export async function enrolFace(
  { gallery, engine }: { readonly gallery: Gallery; readonly engine?: Engine | undefined },
  person: string,
  face: EmbeddedFace,
  { frame, confirmed }: EnrolFaceOptions,
): Promise<Enrolment> {
  const thumbnail = frame && (await engine?.call('thumbnail', frame, face.box));
  const sample = {
    embedding: face.embedding,
    model: face.embeddingModel,
    ...(thumbnail && { thumbnail }),
    source: frame?.source ?? '',
    time: frame?.timestamp ?? Date.now(),
  };
  return gallery.enrol(person, sample, confirmed ? {} : { unlessLike: SAME_FACE });
}
