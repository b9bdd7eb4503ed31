/**
 * Finds the one person that an image is about: the verification sets name the person nearest the centre. Where
 * nothing is found, looks again the way a user would: with lower thresholds, then with a border around a tight crop.
 */
import type { Engine } from '../../../lib/engine/engine';
import type { Face, Landmarks, Point } from '../../../lib/core/face';
import { LANDMARK_NAMES } from '../../../lib/core/face';
import { CHANNELS, createFrame, type Frame } from '../../../lib/image/frame';
import { toDetectOptions, type DetectOptions } from '../../../lib/detect/mtcnn/options';

/** Faces much smaller than the image are not whom it is about: share of its shorter side. */
const LEAST_SHARE = 1 / 8;
/** Pixels: smaller faces carry too little to be recognised by. */
const LEAST_FACE = 20;
/** Share of the shorter side that is added on every side of a tight crop. */
const BORDER_SHARE = 0.5;
/** Half the odds of the defaults: more false alarms, which the choice by size and centre passes over. */
const SENSITIVE: Partial<DetectOptions> = {
  minFaceSize: LEAST_FACE,
  threshold1: 0.5,
  threshold2: 0.55,
  threshold3: 0.5,
  minConfidence: 0.5,
};

export const ATTEMPTS = ['normal', 'sensitive', 'bordered'] as const;
export type Attempt = (typeof ATTEMPTS)[number];

export interface Located {
  readonly attempt: Attempt;
  readonly confidence: number;
  /** Pixels of the image, also after a bordered attempt. */
  readonly landmarks: Landmarks;
}

/** undefined when all attempts find nothing. */
export async function locatePerson(engine: Engine, frame: Frame): Promise<Located | undefined> {
  for (const attempt of ATTEMPTS) {
    const border =
      attempt === 'bordered' ? Math.round(Math.min(frame.width, frame.height) * BORDER_SHARE) : 0;
    const seen = border > 0 ? withBorder(frame, border) : frame;
    const { faces } = await engine.call('detect', seen, {}, optionsFor(attempt, seen));
    const face = nearestCentre(faces, seen);
    if (face) return { attempt, confidence: face.confidence, landmarks: shift(face.landmarks, -border) };
  }
  return undefined;
}

function optionsFor(attempt: Attempt, { width, height }: Frame): DetectOptions {
  if (attempt !== 'normal') return toDetectOptions(SENSITIVE);
  return toDetectOptions({ minFaceSize: Math.max(LEAST_FACE, Math.min(width, height) * LEAST_SHARE) });
}

/** The face whose area, less twice the squared distance of its centre from the image's, is largest (FaceNet's rule). */
export function nearestCentre<F extends Pick<Face, 'box'>>(
  faces: readonly F[],
  { width, height }: { readonly width: number; readonly height: number },
): F | undefined {
  const worth = ({ box }: F) => {
    const dx = box.x + box.width / 2 - width / 2;
    const dy = box.y + box.height / 2 - height / 2;
    return box.width * box.height - 2 * (dx * dx + dy * dy);
  };
  return [...faces].sort((a, b) => worth(b) - worth(a))[0];
}

/** The frame in the middle of a larger black one. */
export function withBorder(frame: Frame, border: number): Frame {
  const larger = createFrame(frame.width + 2 * border, frame.height + 2 * border, frame);
  const row = frame.width * CHANNELS;
  for (let y = 0; y < frame.height; y++) {
    const to = ((y + border) * larger.width + border) * CHANNELS;
    larger.data.set(frame.data.subarray(y * row, (y + 1) * row), to);
  }
  return larger;
}

function shift(landmarks: Landmarks, by: number): Landmarks {
  const moved = LANDMARK_NAMES.map((name): [string, Point] => {
    const { x, y } = landmarks[name];
    return [name, { x: x + by, y: y + by }];
  });
  return Object.fromEntries(moved) as unknown as Landmarks;
}
