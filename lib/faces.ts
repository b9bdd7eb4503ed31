/** msg.faces as other nodes may have left it: narrowed before anything is computed from it. */
import { LANDMARK_NAMES, type Face, type Landmarks, type Point } from './face';
import type { Box } from './geometry/box';
import { invalid, isRecord, numberIn } from './validate';

/** More faces than any picture holds. */
const MAX_FACES = 10_000;
/** Farther from the frame than any face can lie, pixels. */
const COORDINATE = { min: -1e6, max: 1e6 };

/** @throws ArcFlowError INVALID_ARGUMENT naming the field, such as msg.faces[2].landmarks.nose.x */
export function toFaces(value: unknown, name = 'msg.faces'): readonly Face[] {
  if (!Array.isArray(value)) throw invalid('an array of faces (wire mtcnn-detect before)', name, value);
  if (value.length > MAX_FACES) throw invalid(`at most ${MAX_FACES} faces`, name, value);
  const faces: readonly unknown[] = value;
  return faces.map((face, index) => toFace(face, `${name}[${index}]`));
}

function toFace(value: unknown, name: string): Face {
  if (!isRecord(value)) throw invalid('a face', name, value);
  toBox(value['box'], `${name}.box`);
  toLandmarks(value['landmarks'], `${name}.landmarks`);
  numberIn(value['confidence'], `${name}.confidence`, { min: 0, max: 1 });
  const { embedding, quality } = value;
  if (!isRecord(quality)) throw invalid('an object', `${name}.quality`, quality);
  if (embedding !== undefined && !(embedding instanceof Float32Array))
    throw invalid('a Float32Array', `${name}.embedding`, embedding);
  return value as unknown as Face;
}

function toBox(value: unknown, name: string): Box {
  if (!isRecord(value)) throw invalid('a box { x, y, width, height }', name, value);
  return {
    x: numberIn(value['x'], `${name}.x`, COORDINATE),
    y: numberIn(value['y'], `${name}.y`, COORDINATE),
    width: numberIn(value['width'], `${name}.width`, { min: 0, max: COORDINATE.max }),
    height: numberIn(value['height'], `${name}.height`, { min: 0, max: COORDINATE.max }),
  };
}

function toLandmarks(value: unknown, name: string): Landmarks {
  if (!isRecord(value)) throw invalid('five landmarks', name, value);
  LANDMARK_NAMES.forEach((landmark) => toPoint(value[landmark], `${name}.${landmark}`));
  return value as unknown as Landmarks;
}

function toPoint(value: unknown, name: string): Point {
  if (!isRecord(value)) throw invalid('a point { x, y }', name, value);
  return {
    x: numberIn(value['x'], `${name}.x`, COORDINATE),
    y: numberIn(value['y'], `${name}.y`, COORDINATE),
  };
}
