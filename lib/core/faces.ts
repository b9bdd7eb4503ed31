/** msg.faces as other nodes may have left it: narrowed before anything is computed from it. */
import { toVector } from './foreign';
import { LANDMARK_NAMES, type Face, type FaceQuality, type Landmarks, type Point } from './face';
import type { Box } from './box';
import { toFrame } from './frame';
import { invalid, isRecord, nonEmptyString, numberIn, type Range } from './validate';

/** More faces than any picture holds. */
const MAX_FACES = 10_000;
/** Farther from the frame than any face can lie, pixels. */
const COORDINATE = { min: -1e6, max: 1e6 };
const DEGREES = { min: -360, max: 360 };
const QUALITY = {
  size: { min: 0, max: COORDINATE.max },
  sharpness: { min: 0, max: 1 },
  yaw: DEGREES,
  pitch: DEGREES,
  roll: DEGREES,
} satisfies Record<keyof FaceQuality, Range>;

/** @throws ArcFlowError INVALID_ARGUMENT naming the field, such as msg.faces[2].landmarks.nose.x */
export function toFaces(value: unknown, name = 'msg.faces'): readonly Face[] {
  if (!Array.isArray(value)) throw invalid('an array of faces (wire mtcnn-detect before)', name, value);
  if (value.length > MAX_FACES) throw invalid(`at most ${MAX_FACES} faces`, name, value);
  // Array.from sees the holes of an array, which map leaves out.
  return Array.from<unknown, Face>(value, (face, index) => toFace(face, `${name}[${index}]`));
}

function toFace(value: unknown, name: string): Face {
  if (!isRecord(value)) throw invalid('a face', name, value);
  toBox(value['box'], `${name}.box`);
  toLandmarks(value['landmarks'], `${name}.landmarks`);
  numberIn(value['confidence'], `${name}.confidence`, { min: 0, max: 1 });
  checkQuality(value['quality'], `${name}.quality`);
  const embedding = toEmbedding(value['embedding'], `${name}.embedding`);
  const crop = value['crop'] === undefined ? undefined : toFrame(value['crop'], `${name}.crop`);
  const { embeddingModel } = value;
  if (embeddingModel !== undefined) nonEmptyString(embeddingModel, `${name}.embeddingModel`);
  const face = value as unknown as Face;
  return embedding === face.embedding && !crop
    ? face
    : { ...face, ...(embedding && { embedding }), ...(crop && { crop }) };
}

/** As ArcFlow's nodes make it, as a function node does, or as it comes out of JSON. */
function toEmbedding(value: unknown, name: string): Float32Array | undefined {
  if (value === undefined) return undefined;
  const vector = toVector(value);
  if (!vector) throw invalid('a Float32Array or an array of numbers', name, value);
  return vector;
}

/** Measures may be absent, where nothing has taken them; who needs one asks for it. */
function checkQuality(value: unknown, name: string): void {
  if (!isRecord(value)) throw invalid('an object', name, value);
  for (const [measure, range] of Object.entries(QUALITY)) {
    if (value[measure] !== undefined) numberIn(value[measure], `${name}.${measure}`, range);
  }
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
