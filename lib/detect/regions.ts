/** Detection in parts of a frame: where a tracker expects faces, for a fraction of the work of the whole frame. */
import type { Box, Face, Landmarks, Point } from '../core/face';
import { cropRegion } from '../image/crop';
import type { Frame } from '../image/frame';
import { Stopwatch } from '../core/stopwatch';
import type { Detector } from './mtcnn/detector';
import type { SearchOptions } from './mtcnn/options';

/**
 * The faces in the regions, most confident first, in pixels of the frame.
 * @param regions whole pixels, inside the frame and disjoint, so that no face is found twice
 */
export async function detectInRegions(
  detector: Detector,
  frame: Frame,
  regions: readonly Box[],
  options: SearchOptions,
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
  const { leftEye, rightEye, nose, mouthLeft, mouthRight } = face.landmarks;
  const landmarks: Landmarks = {
    leftEye: shift(leftEye),
    rightEye: shift(rightEye),
    nose: shift(nose),
    mouthLeft: shift(mouthLeft),
    mouthRight: shift(mouthRight),
  };
  return { ...face, box: { ...face.box, ...shift(face.box) }, landmarks };
}
