/** Face → what is drawn of it. Faces come out of messages that any function node may have changed. */
import { LANDMARK_NAMES, type Box, type Face, type Point } from '../core/face';
import { toFaces } from '../core/faces';
import { invalid, isRecord, numberIn, oneOf } from '../core/validate';
import type { AnnotateColours, AnnotateOptions } from './options';

export interface Mark {
  readonly box: Box;
  /** Five, or none. */
  readonly landmarks: readonly Point[];
  readonly kind: keyof AnnotateColours;
  /** Shown side by side; none: no label. */
  readonly texts: readonly string[];
}

/** What a face has of it depends on the nodes that it came through. */
export type DrawnFace = Face & {
  /** Who a followed face is, by the vote over its frames. */
  readonly identity?: object;
  /** Its outline without the trembling of single frames. */
  readonly smoothed?: Pick<Face, 'box' | 'landmarks'>;
};

type Label = Pick<Mark, 'kind' | 'texts'>;

/** @throws ArcFlowError INVALID_ARGUMENT naming the property, such as faces[2].box.width. */
export function toMarks(faces: readonly DrawnFace[], options: AnnotateOptions): Mark[] {
  return toFaces(faces, 'faces').map((face, index) => {
    const name = `faces[${index}]`;
    const { box, landmarks } = outlineOf(face, name);
    return {
      box,
      landmarks: options.landmarks ? LANDMARK_NAMES.map((part) => landmarks[part]) : [],
      ...labelOf(face, name, options),
    };
  });
}

/** The smoothed outline of a followed face, which does not tremble, else what was detected. */
function outlineOf(face: DrawnFace, name: string): Pick<Face, 'box' | 'landmarks'> {
  const outline: unknown = face.smoothed;
  if (outline === undefined) return face;
  if (!isRecord(outline)) throw invalid('an object', `${name}.smoothed`, outline);
  const { box = face.box, landmarks = face.landmarks } = outline;
  const [smoothed] = toFaces([{ ...face, box, landmarks }], `${name}.smoothed`);
  return smoothed!;
}

/** The vote over a followed face's frames says more than its match in this one. */
function labelOf(face: DrawnFace, name: string, options: AnnotateOptions): Label {
  if (face.identity !== undefined) return toIdentityLabel(face.identity, face, `${name}.identity`, options);
  if (face.match !== undefined) return toMatchLabel(face.match, `${name}.match`, options);
  return toDetectedLabel(face, options);
}

function toDetectedLabel({ confidence }: Face, options: AnnotateOptions): Label {
  return { kind: 'detected', texts: options.confidence ? [percent(confidence)] : [] };
}

function toIdentityLabel(identity: unknown, face: Face, name: string, options: AnnotateOptions): Label {
  if (!isRecord(identity)) throw invalid('an object', name, identity);
  const state = oneOf(identity['state'], `${name}.state`, ['undecided', 'known', 'stranger']);
  if (state === 'undecided') return toDetectedLabel(face, options);
  const similarity = numberIn(identity['similarity'], `${name}.similarity`);
  return toNameLabel(identity['person'], similarity, similarity !== 0, name, options);
}

function toMatchLabel(match: unknown, name: string, options: AnnotateOptions): Label {
  if (!isRecord(match)) throw invalid('an object', name, match);
  const { candidates } = match;
  const similarity = numberIn(match['similarity'], `${name}.similarity`);
  const compared = !(Array.isArray(candidates) && candidates.length === 0);
  return toNameLabel(match['person'], similarity, compared, name, options);
}

/** @param compared false for an empty gallery: it has nothing to be similar to, and its 0 would mislead */
function toNameLabel(
  person: unknown,
  similarity: number,
  compared: boolean,
  name: string,
  options: AnnotateOptions,
): Label {
  if (person !== null && typeof person !== 'string')
    throw invalid('a string or null', `${name}.person`, person);
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
