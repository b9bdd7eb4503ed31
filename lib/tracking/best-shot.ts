/** The one picture of a track worth keeping: a small copy of the best look, never a whole frame. */
import type { Face } from '../core/face';
import { intersection } from '../core/box';
import { cropRegion } from '../image/crop';
import type { Frame } from '../image/frame';
import { faceScore } from './quality';

export interface BestShot {
  readonly face: Face;
  /** See faceScore, 0..1. */
  readonly score: number;
  /** The face with a margin; its timestamp, sequence and source are the frame's. */
  readonly crop: Frame;
}

/** The better of the best shot so far and this look; a face out of the picture is no look. */
export function betterShot(
  best: BestShot | undefined,
  face: Face,
  frame: Frame,
  margin: number,
): BestShot | undefined {
  const score = faceScore(face);
  if (best !== undefined && score <= best.score) return best;
  const picture = { x: 0, y: 0, width: frame.width, height: frame.height };
  if (intersection(face.box, picture) === 0) return best;
  return { face, score, crop: cropRegion(frame, face.box, margin) };
}
