/**
 * A picture from end to end: find its faces, embed them, and say who they are or enrol the main one. What a flow does
 * in three nodes, for who has no flow.
 */
import type { Face } from '../core/face';
import type { Engine } from '../engine/engine';
import type { DetectRequest, EmbedRequest } from '../engine/operations';
import { chooseFace, DEFAULT_RULES, type EnrolmentRules } from '../gallery/enrolment';
import type { Enrolment, Gallery } from '../gallery/gallery';
import type { Frame, FrameOrigin } from '../image/frame';
import type { ImageInput } from '../image/input';
import { DEFAULT_EMBED_MODEL, findEmbedModel, type EmbedModel } from '../models/manifest';
import { embedFaces } from './embed';
import { enrolFace, type EnrolFaceOptions } from './enrol';
import { recogniseFaces, type RecogniseOptions } from './recognise';
import { lookUpIn } from './thresholds';

export interface Recognition {
  readonly engine: Engine;
  readonly gallery: Gallery;
  /** Those that may be asked for, as embedModels(readManifest()) gives them. */
  readonly models: readonly EmbedModel[];
}

export interface PictureOptions {
  /** Which detector, and its options; absent: the default one as it is. */
  readonly detect?: DetectRequest;
  /** Id of the embedding model. */
  readonly model?: string;
  /** Embed the mirror image too: a little more accurate, twice the work. */
  readonly flip?: boolean;
  /** Where and when the picture was taken. */
  readonly origin?: Partial<FrameOrigin>;
}

export interface PictureFaces {
  readonly frame: Frame;
  readonly faces: readonly Face[];
}

const DEFAULT_RECOGNISE: RecogniseOptions = { raiseThreshold: true, candidates: 3 };

/**
 * Who is in a picture. One without faces is no error: it has none.
 * @param image encoded, or a Frame
 * @returns the frame that was decoded, and its faces with embedding and match
 * @throws ArcFlowError MODEL_MISSING, IMAGE_UNREADABLE and the like, and what recogniseFaces throws
 * @example
 * const { faces } = await recognisePicture({ engine, gallery, models }, jpeg);
 * const names = faces.map(({ match }) => match?.person ?? 'a stranger');
 */
export async function recognisePicture(
  recognition: Recognition,
  image: ImageInput,
  options: PictureOptions & Partial<RecogniseOptions> = {},
): Promise<PictureFaces> {
  const { frame, faces } = await embedPicture(recognition, image, options);
  const { gallery, models } = recognition;
  const rules = { ...DEFAULT_RECOGNISE, ...options };
  return { frame, faces: await recogniseFaces(gallery, lookUpIn(models), faces, rules) };
}

/**
 * Enrols the one person of a picture, with a thumbnail.
 * @throws ArcFlowError ENROLMENT_REFUSED that says why there is no face to enrol, and what enrolFace throws
 */
export async function enrolPicture(
  recognition: Recognition,
  person: string,
  image: ImageInput,
  options: PictureOptions & Partial<EnrolmentRules> & Partial<Pick<EnrolFaceOptions, 'confirmed'>> = {},
): Promise<Enrolment> {
  const { frame, faces } = await embedPicture(recognition, image, options);
  const face = chooseFace(faces, { ...DEFAULT_RULES, ...options });
  return enrolFace(recognition, person, face, { frame, confirmed: options.confirmed ?? false });
}

async function embedPicture(
  { engine, models }: Recognition,
  image: ImageInput,
  { detect = {}, model = DEFAULT_EMBED_MODEL, flip = false, origin = {} }: PictureOptions,
): Promise<PictureFaces> {
  const request: EmbedRequest = { model: findEmbedModel(models, model), flip, crops: false };
  const { frame, faces } = await engine.call('detect', image, origin, detect);
  return { frame, faces: await embedFaces(engine, () => frame, faces, request) };
}
