/** What of the faces found belongs into the result. */
import type { Face } from '../core/face';
import type { Frame } from '../image/frame';
import type { CommonOptions } from './options';

/** The confident faces whose centre lies in the frame. */
export function selectFaces(
  faces: readonly Face[],
  frame: Frame,
  { minConfidence }: Pick<CommonOptions, 'minConfidence'>,
): Face[] {
  return faces.filter((face) => face.confidence >= minConfidence && centreIsInside(face, frame));
}

/** The largest so many faces, in the order in which they came; 0 keeps all. */
export function largestFaces(faces: readonly Face[], maxFaces: number): readonly Face[] {
  if (maxFaces === 0 || faces.length <= maxFaces) return faces;
  const largest = new Set([...faces].sort((a, b) => area(b) - area(a)).slice(0, maxFaces));
  return faces.filter((face) => largest.has(face));
}

/** A box may reach past the border, by less than the face. */
function centreIsInside({ box }: Face, { width, height }: Frame): boolean {
  const x = box.x + box.width / 2;
  const y = box.y + box.height / 2;
  return x >= 0 && y >= 0 && x < width && y < height;
}

function area({ box }: Face): number {
  return box.width * box.height;
}
