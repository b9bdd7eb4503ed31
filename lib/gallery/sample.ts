/** What a gallery holds: people, each with any number of samples, and the rules for what may enter it. */
import { types } from 'node:util';
import { ArcFlowError } from '../core/errors';
import { toVector } from '../core/foreign';
import { invalid, nonEmptyString } from '../core/validate';
import { isUnitLength, lengthOf } from '../core/vector';

/** One embedded face of a person, without its name and number. */
export interface NewSample {
  /** Unit length; comparable only with embeddings of the same model. */
  readonly embedding: Float32Array;
  /** Id of the model that made the embedding. */
  readonly model: string;
  /** A small JPEG of the face, for people to look at. */
  readonly thumbnail?: Uint8Array;
  /** Where the face came from: a file, a camera. */
  readonly source: string;
  /** When the picture was taken: milliseconds since 1970. */
  readonly time: number;
}

export interface Sample extends NewSample {
  /** Given once and never again within a store. */
  readonly id: number;
  readonly person: string;
}

export interface PersonSummary {
  readonly person: string;
  readonly samples: number;
  /** Ids of the models that the samples were embedded with, sorted. */
  readonly models: readonly string[];
  /** Times of the oldest and the newest sample: milliseconds since 1970. */
  readonly firstTime: number;
  readonly lastTime: number;
}

export interface ModelSummary {
  readonly model: string;
  /** Length of the model's embeddings. */
  readonly dimension: number;
  readonly samples: number;
}

const LONGEST_NAME = 200;
const LONGEST_TYPED = 20 * LONGEST_NAME;
/**
 * Control characters, line and paragraph separators, halves of surrogate pairs, and what turns the direction of the
 * text around it. Joiners stay: emoji, Persian and Indic scripts need them.
 */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202A-\u202E\u2066-\u2069]/u;
/** Something that can be seen: neither space nor joiner nor a mark without a letter. */
const VISIBLE = /[^\p{Z}\p{Cf}\p{M}]/u;

/**
 * The form in which a person's name is kept and compared: trimmed, Unicode NFC, so that a name typed on one keyboard
 * is the same name typed on another.
 * @throws ArcFlowError INVALID_ARGUMENT unless it has 1 to 200 characters, none of them a control character.
 */
export function personName(value: unknown, name = 'person'): string {
  const typed = nonEmptyString(value, name);
  // Far more than such a name takes in any form: normalising megabytes would hold up every flow.
  if (typed.length > LONGEST_TYPED) throw invalid(`at most ${LONGEST_NAME} characters`, name, value);
  const person = typed.trim().normalize('NFC');
  if (Array.from(person).length > LONGEST_NAME)
    throw invalid(`at most ${LONGEST_NAME} characters`, name, value);
  if (UNPRINTABLE.test(person)) throw invalid('a name without control characters', name, value);
  if (!VISIBLE.test(person)) throw invalid('a name that can be seen', name, value);
  return person;
}

const LONGEST_MODEL = 200;

/** @throws ArcFlowError INVALID_ARGUMENT unless value can be a model's id: 1 to 200 characters. */
export function modelId(value: unknown, name = 'model'): string {
  const model = nonEmptyString(value, name);
  if (model.length > LONGEST_MODEL) throw invalid(`at most ${LONGEST_MODEL} characters`, name, value);
  return model;
}

/** More than any path or address takes. */
const LONGEST_SOURCE = 4096;

/** @throws ArcFlowError INVALID_ARGUMENT unless value is a string of at most 4,096 characters. */
export function checkedSource(value: unknown, name = 'source'): string {
  if (typeof value !== 'string') throw invalid('a string', name, value);
  if (value.length > LONGEST_SOURCE) throw invalid(`at most ${LONGEST_SOURCE} characters`, name, value);
  return value;
}

const MOST_THUMBNAIL_BYTES = 256 * 1024;

/** @throws ArcFlowError INVALID_ARGUMENT unless value is a picture's bytes, at most 256 KiB of them. */
export function checkedThumbnail(value: Uint8Array, name = 'thumbnail'): Uint8Array {
  if (value.byteLength === 0 || value.byteLength > MOST_THUMBNAIL_BYTES)
    throw invalid(`a picture of 1 to ${MOST_THUMBNAIL_BYTES} bytes`, name, value);
  return value;
}

const LONGEST_EMBEDDING = 4096;

/** @throws ArcFlowError INVALID_ARGUMENT unless value is a Float32Array of unit length with 1 to 4,096 values. */
export function unitEmbedding(value: unknown, name = 'embedding'): Float32Array {
  const vector = types.isFloat32Array(value) ? toVector(value) : undefined;
  if (!vector) throw invalid('a Float32Array', name, value);
  if (vector.length < 1 || vector.length > LONGEST_EMBEDDING)
    throw invalid(`1 to ${LONGEST_EMBEDDING} values`, name, value);
  const length = lengthOf(vector);
  if (!isUnitLength(length)) throw invalid('a vector of length 1', name, length);
  return vector;
}

/** Embeddings of one model that differ in length: the model's file was replaced, or its id is used twice. */
export function otherDimension(model: string, expected: number, received: number): ArcFlowError {
  return new ArcFlowError(
    'MODEL_MISMATCH',
    `Expected ${expected} values for an embedding of model "${model}", as in the gallery's samples, ` +
      `but received ${received}`,
    'model mismatch',
  );
}
