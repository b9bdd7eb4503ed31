/** Face → what is drawn of it. Faces come out of messages that any function node may have changed. */
import { LANDMARK_NAMES, type Box, type Face, type Point } from '../face';
import { toFaces } from '../faces';
import { invalid, isRecord, numberIn } from '../validate';
import type { AnnotateColours, AnnotateOptions } from './annotate-options';

export interface Mark {
  readonly box: Box;
  /** Five, or none. */
  readonly landmarks: readonly Point[];
  readonly kind: keyof AnnotateColours;
  /** Shown side by side; none: no label. */
  readonly texts: readonly string[];
}

/** @throws ArcFlowError INVALID_ARGUMENT naming the property, such as faces[2].box.width. */
export function toMarks(faces: readonly Face[], options: AnnotateOptions): Mark[] {
  return toFaces(faces, 'faces').map((face, index) => ({
    box: face.box,
    landmarks: options.landmarks ? LANDMARK_NAMES.map((part) => face.landmarks[part]) : [],
    ...(face.match === undefined
      ? { kind: 'detected', texts: options.confidence ? [percent(face.confidence)] : [] }
      : toMatchMark(face.match, `faces[${index}].match`, options)),
  }));
}

function toMatchMark(match: unknown, name: string, options: AnnotateOptions): Pick<Mark, 'kind' | 'texts'> {
  if (!isRecord(match)) throw invalid('an object', name, match);
  const { person, candidates } = match;
  if (person !== null && typeof person !== 'string')
    throw invalid('a string or null', `${name}.person`, person);
  const similarity = numberIn(match['similarity'], `${name}.similarity`);
  // An empty gallery has nothing to be similar to: its 0 would mislead.
  const compared = !(Array.isArray(candidates) && candidates.length === 0);
  const texts = [
    ...(options.names ? [person ?? options.strangerText] : []),
    ...(options.similarity && compared ? [twoDecimals(similarity)] : []),
  ];
  return { kind: person === null ? 'stranger' : 'known', texts: texts.filter((text) => text.trim() !== '') };
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}

function twoDecimals(value: number): string {
  // Adding 0 turns -0 into 0, so that no "-0.00" appears.
  return (Math.round(value * 100) / 100 + 0).toFixed(2);
}
