/** The options that every detector has, whatever its kind. */
import type { NumberParameter, Values } from '../core/parameters';

/** The larger, the faster. Smaller faces cannot be found without enlarging the image: MTCNN's P-Net sees 12 pixels. */
export const MIN_FACE_SIZE = {
  name: 'minFaceSize',
  type: 'number',
  min: 12,
  max: 4096,
  default: 40,
  unit: 'pixels',
} as const satisfies NumberParameter;

/**
 * The largest faces are kept; 0 keeps all. The default is more than group photographs show, and few enough for whatever a
 * flow does with each of them.
 */
export const MAX_FACES = {
  name: 'maxFaces',
  type: 'integer',
  min: 0,
  max: 10_000,
  default: 200,
  unit: 'count',
} as const satisfies NumberParameter;

/** Least confidence of a face in the result. */
export const MIN_CONFIDENCE = {
  name: 'minConfidence',
  type: 'number',
  min: 0,
  max: 1,
  default: 0.7,
  unit: 'probability',
} as const satisfies NumberParameter;

export type CommonOptions = Values<readonly [typeof MIN_FACE_SIZE, typeof MAX_FACES, typeof MIN_CONFIDENCE]>;

/** The range of a threshold that is turned into a logit, which 0 and 1 have none of. */
export const THRESHOLD = { type: 'number', min: 0.01, max: 0.999, unit: 'probability' } as const;
