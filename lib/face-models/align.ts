/** Alignment: five landmarks are laid onto the template that ArcFace networks were trained with. */
import { ArcFlowError } from '../core/errors';
import { LANDMARK_NAMES, type Landmarks, type Point } from '../core/face';
import { estimateSimilarity } from '../geometry/similarity';
import type { Frame } from '../image/frame';
import { warpSquare } from '../pixels/warp-square';

export const ALIGNED_SIZE = 112;

/** Where the landmarks lie in the aligned 112 × 112 crop, in pixels (InsightFace, `arcface_dst`). */
export const TEMPLATE: readonly Point[] = [
  { x: 38.2946, y: 51.6963 },
  { x: 73.5318, y: 51.5014 },
  { x: 56.0252, y: 71.7366 },
  { x: 41.5493, y: 92.3655 },
  { x: 70.7299, y: 92.2041 },
];

/**
 * The aligned crop of one face, size × size pixels RGB (the template scales with it).
 * @throws ArcFlowError INVALID_ARGUMENT when the landmarks coincide.
 */
export function alignFace(frame: Frame, landmarks: Landmarks, size = ALIGNED_SIZE): Frame {
  const scale = size / ALIGNED_SIZE;
  const target = TEMPLATE.map(({ x, y }) => ({ x: x * scale, y: y * scale }));
  const transform = estimateSimilarity(
    LANDMARK_NAMES.map((name) => landmarks[name]),
    target,
  );
  if (!transform)
    throw new ArcFlowError(
      'INVALID_ARGUMENT',
      'Expected five different landmarks but they coincide',
      'bad landmarks',
    );
  return warpSquare(frame, transform, size);
}
