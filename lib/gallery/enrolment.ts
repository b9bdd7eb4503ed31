/** Which face of a picture may be enrolled, if any: a gallery is only as good as the samples in it. */
import { ArcFlowError } from '../core/errors';
import type { Face } from '../core/face';

export interface EnrolmentRules {
  /** Least shorter side of the face's box, pixels. */
  readonly minFaceSize: number;
  /** Least sharpness, 0..1; not asked of a face without that measure. */
  readonly minSharpness: number;
  /** Most that the head may be turned to a side, up or down, degrees; 90 accepts any pose. */
  readonly maxAngle: number;
  /** Take the main face although there are others in the background, less than a third of its size. */
  readonly ignoreBackground: boolean;
}

export const DEFAULT_RULES: EnrolmentRules = {
  minFaceSize: 40,
  /** Between blurred photographs and ordinary ones: lib/face-models/sharpness.ts has the figures. */
  minSharpness: 0.45,
  maxAngle: 90,
  ignoreBackground: true,
};

/** A face is background when its side is below this part of the main face's side. */
const BACKGROUND_SIZE = 1 / 3;

/** A face that carries what a gallery needs. */
export type EmbeddedFace = Face & Required<Pick<Face, 'embedding' | 'embeddingModel'>>;

function refused(reason: string, status: string): ArcFlowError {
  return new ArcFlowError('ENROLMENT_REFUSED', `Not enrolled: ${reason}`, status);
}

function onlyFace(faces: readonly Face[], ignoreBackground: boolean): Face {
  const [main, second] = [...faces].sort((a, b) => b.quality.size - a.quality.size);
  if (!main) throw refused('the picture shows no face', 'no face');
  if (!second || (ignoreBackground && second.quality.size < BACKGROUND_SIZE * main.quality.size)) return main;
  throw refused(
    `the picture shows ${faces.length} faces, and it must be clear whose it is`,
    `${faces.length} faces`,
  );
}

/**
 * The one face of a picture that may be enrolled.
 * @throws ArcFlowError ENROLMENT_REFUSED that says why there is none.
 */
export function chooseFace(faces: readonly Face[], rules: EnrolmentRules = DEFAULT_RULES): EmbeddedFace {
  const face = onlyFace(faces, rules.ignoreBackground);
  const { embedding, embeddingModel, quality } = face;
  if (!embedding || embeddingModel === undefined)
    throw refused('the face has no embedding; wire arcface-embed before the gallery', 'no embedding');
  if (quality.size < rules.minFaceSize)
    throw refused(
      `the face is ${Math.floor(quality.size)} pixels small, below ${rules.minFaceSize}`,
      'face too small',
    );
  if (quality.sharpness !== undefined && quality.sharpness < rules.minSharpness)
    throw refused(
      `the face is blurred, with a sharpness of ${quality.sharpness.toFixed(2)}, below ${rules.minSharpness}`,
      'face blurred',
    );
  const angle = Math.max(Math.abs(quality.yaw), Math.abs(quality.pitch));
  if (angle > rules.maxAngle)
    throw refused(
      `the head is turned by ${Math.ceil(angle)}°, beyond ${rules.maxAngle}°`,
      'head turned away',
    );
  return { ...face, embedding, embeddingModel };
}
