/** Detection in parts of a frame: where a tracker expects faces, for a fraction of the work of the whole frame. */
import { mapLandmarks, type Box, type Face, type Point } from '../core/face';
import { cropRegion } from '../image/crop';
import type { Frame } from '../image/frame';
import { Stopwatch } from '../core/stopwatch';
import type { Detector } from './detector';
import type { CommonOptions } from './options';

/**
 * The faces in the regions, most confident first, in pixels of the frame.
 * @param regions whole pixels, inside the frame and disjoint, so that no face is found twice
 */
export async function detectInRegions(
  detector: Detector,
  frame: Frame,
  regions: readonly Box[],
  options: CommonOptions,
  watch = new Stopwatch(),
): Promise<Face[]> {
  const faces: Face[] = [];
  for (const region of regions) {
    const found = await detector.detect(cropRegion(frame, region, 0), options, watch);
    faces.push(...found.map((face) => shiftFace(face, region)));
  }
  return faces.sort((a, b) => b.confidence - a.confidence);
}

function shiftFace(face: Face, origin: Point): Face {
  const shift = ({ x, y }: Point): Point => ({ x: x + origin.x, y: y + origin.y });
  const landmarks = mapLandmarks(face.landmarks, shift);
  return { ...face, box: { ...face.box, ...shift(face.box) }, landmarks };
}
