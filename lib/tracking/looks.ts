/** Faces as a flow hands them to the watch: what voting and tracking read is checked before anything is changed. */
import type { Face } from '../core/face';
import { toFaces } from '../core/faces';
import { invalid, isRecord, numberIn } from '../core/validate';

const COSINE = { min: -1, max: 1 };
/** How far the square of an embedding's length may be from 1: float32 rounding leaves it within 1e-5. */
const UNIT_TOLERANCE = 0.01;

/** @throws ArcFlowError INVALID_ARGUMENT naming the field, such as msg.faces[2].match.similarity */
export function toLooks(value: unknown, name = 'msg.faces'): readonly Face[] {
  const faces = toFaces(value, name);
  faces.forEach(({ quality, embedding, match }, index) => {
    checkQuality(quality, `${name}[${index}].quality`);
    if (embedding !== undefined) checkEmbedding(embedding, `${name}[${index}].embedding`);
    if (match !== undefined) checkMatch(match, `${name}[${index}].match`);
  });
  return faces;
}

/** The measures that a vote needs; their ranges are checked with the faces. */
function checkQuality({ size, yaw, pitch }: Face['quality'], name: string): void {
  numberIn(size, `${name}.size`);
  numberIn(yaw, `${name}.yaw`);
  numberIn(pitch, `${name}.pitch`);
}

/** A single NaN would spread through the mean appearance of a track. */
function checkEmbedding(embedding: Float32Array, name: string): void {
  let square = 0;
  for (const value of embedding) square += value * value;
  if (!(Math.abs(square - 1) < UNIT_TOLERANCE)) throw invalid('a vector of unit length', name, embedding);
}

function checkMatch(match: unknown, name: string): void {
  if (!isRecord(match)) throw invalid('a match', name, match);
  const { person, similarity, threshold, candidates } = match;
  if (person !== null && typeof person !== 'string')
    throw invalid('a string or null', `${name}.person`, person);
  numberIn(similarity, `${name}.similarity`);
  numberIn(threshold, `${name}.threshold`, COSINE);
  if (!Array.isArray(candidates)) throw invalid('an array', `${name}.candidates`, candidates);
}
