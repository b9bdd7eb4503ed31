/** This project's own truth for detection: {"path": {"width", "height", "faces": [{"box": [x, y, w, h], "ignore"}]}}. */
import { ArcFlowError } from '../../../lib/core/errors';
import type { Box, Point } from '../../../lib/core/box';
import { invalid, isRecord, numberIn } from '../../../lib/core/validate';
import type { Detected, TrueFace } from '../metrics/detection';

export interface Photo {
  /** Relative to the folder of the truth's file. */
  readonly path: string;
  readonly faces: readonly TrueFace[];
}

/** @throws ArcFlowError INVALID_ARGUMENT that names the photograph and the field */
export function readPhotos(text: string, file: string): Photo[] {
  return Object.entries(parseObject(text, file)).map(([path, photo]) => {
    const faces = isRecord(photo) ? photo['faces'] : undefined;
    if (!Array.isArray(faces)) throw invalid('a list', `faces of ${path} in ${file}`, faces);
    return {
      path,
      faces: faces.map((face: unknown, index) => toTrueFace(face, `faces[${index}] of ${path} in ${file}`)),
    };
  });
}

function toTrueFace(value: unknown, name: string): TrueFace {
  if (!isRecord(value)) throw invalid('an object', name, value);
  const { ignore = false } = value;
  if (typeof ignore !== 'boolean') throw invalid('true or false', `ignore in ${name}`, ignore);
  return { box: toBox(value['box'], `box in ${name}`), ignore };
}

export interface ReferenceFace extends Detected {
  /** Left eye, right eye, nose, left and right mouth corner as seen in the image. */
  readonly landmarks: readonly Point[];
}

/** What another implementation found: {"path": [{"box", "confidence", "landmarks": [[x, y] × 5]}]}. */
export function readReference(text: string, file: string): Map<string, ReferenceFace[]> {
  const entries = Object.entries(parseObject(text, file)).map(([path, faces]): [string, ReferenceFace[]] => {
    if (!Array.isArray(faces)) throw invalid('a list', `${path} in ${file}`, faces);
    return [
      path,
      faces.map((face: unknown, index) => toReferenceFace(face, `[${index}] of ${path} in ${file}`)),
    ];
  });
  return new Map(entries);
}

function toReferenceFace(value: unknown, name: string): ReferenceFace {
  if (!isRecord(value)) throw invalid('an object', name, value);
  const landmarks: unknown = value['landmarks'];
  if (!Array.isArray(landmarks) || landmarks.length !== 5)
    throw invalid('five points', `landmarks in ${name}`, landmarks);
  return {
    box: toBox(value['box'], `box in ${name}`),
    confidence: numberIn(value['confidence'], `confidence in ${name}`, { min: 0, max: 1 }),
    landmarks: landmarks.map((point: unknown) => {
      const [x, y] = numbers(point, 2, `landmarks in ${name}`);
      return { x: x!, y: y! };
    }),
  };
}

function toBox(value: unknown, name: string): Box {
  const [x, y, width, height] = numbers(value, 4, name);
  return { x: x!, y: y!, width: width!, height: height! };
}

function numbers(value: unknown, count: number, name: string): number[] {
  if (!Array.isArray(value) || value.length !== count) throw invalid(`${count} numbers`, name, value);
  return value.map((item: unknown) => numberIn(item, name));
}

function parseObject(text: string, file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ArcFlowError('INVALID_ARGUMENT', `Expected JSON in ${file}`, 'bad file', { cause: error });
  }
  if (!isRecord(value)) throw invalid('an object keyed by image path', file, value);
  return value;
}
