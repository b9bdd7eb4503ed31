/**
 * Made-up people whose every part can be recognised in any file: a name, a source, the bytes of a thumbnail and the
 * numbers of an embedding each say, at every place, whose they are.
 */
import type { NewSample } from '../../../lib/gallery/sample';
import { createRandom } from '../../shared/random';

export type PartKind = 'name' | 'source' | 'thumbnail' | 'embedding';

/** A part of a person or a sample, found in a file. */
export interface Trace {
  readonly kind: PartKind;
  /** Of the person for a name, of the sample otherwise. */
  readonly id: number;
}

export const MODEL = 'endurance-512';
const DIMENSION = 512;
/** A mark, a letter for the kind, and the number in hexadecimal digits. */
const MARK = 'Qz7x';
const LETTERS = { N: 'name', S: 'source', T: 'thumbnail' } as const satisfies Record<string, PartKind>;
const ID_DIGITS = 8;
const TRACE_LENGTH = MARK.length + 1 + ID_DIGITS;
const THUMBNAIL_MARKS = 90;
const FIRST_TIME = 1_700_000_000_000;

/** Start and end of a JPEG, and the head of a comment in it. */
const JPEG_START = Buffer.from([0xff, 0xd8, 0xff, 0xfe]);
const JPEG_END = Buffer.from([0xff, 0xd9]);

/** Embeddings come in groups of eight values: two that mark them, two with the number, four of a direction of its own. */
const GROUP = 8;
const VALUE = 1 / Math.sqrt(DIMENSION);
const ID_BITS = 12;
const ID_MASK = 2 ** ID_BITS - 1;
export const MOST_SAMPLES = 2 ** (2 * ID_BITS);
const FLOAT_BYTES = 4;
const EMBEDDING_MARK = Buffer.from(Float32Array.of(VALUE * 1.0009765625, -VALUE * 0.9990234375).buffer);

function mark(letter: keyof typeof LETTERS, id: number): string {
  return `${MARK}${letter}${id.toString(16).padStart(ID_DIGITS, '0')}`;
}

export function nameOf(person: number): string {
  return mark('N', person);
}

/** @param name under which it is enrolled: people keep photographs in folders with names */
export function sampleOf(id: number, name: string): NewSample {
  return {
    embedding: embeddingOf(id),
    model: MODEL,
    thumbnail: thumbnailOf(id),
    source: `/photos/${name}/${mark('S', id)}.jpg`,
    time: FIRST_TIME + id,
  };
}

export function thumbnailOf(id: number): Buffer {
  const text = Buffer.from(mark('T', id).repeat(THUMBNAIL_MARKS));
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length + length.length);
  return Buffer.concat([JPEG_START, length, text, JPEG_END]);
}

/** Of unit length as far as the gallery asks for it; different samples are about 0.25 similar. */
export function embeddingOf(id: number): Float32Array {
  const values = new Float32Array(DIMENSION);
  const bits = new Uint32Array(values.buffer);
  const [first, second] = new Float32Array(
    EMBEDDING_MARK.buffer,
    EMBEDDING_MARK.byteOffset,
    EMBEDDING_MARK.length / FLOAT_BYTES,
  );
  const random = createRandom(id);
  for (let start = 0; start < DIMENSION; start += GROUP) {
    values.fill(VALUE, start, start + GROUP);
    values[start] = first!;
    values[start + 1] = second!;
    // The lowest bits of a number that is hardly changed by them.
    bits[start + 2] = (bits[start + 2]! & ~ID_MASK) | (id & ID_MASK);
    bits[start + 3] = (bits[start + 3]! & ~ID_MASK) | ((id >>> ID_BITS) & ID_MASK);
    for (let n = 2; n < GROUP; n++) {
      if (random() < 0.5) values[start + n]! *= -1;
    }
  }
  return values;
}

/** The sample that an embedding is of; undefined when it is none of these, to the last bit. */
export function sampleIdOf(embedding: Float32Array): number | undefined {
  if (embedding.length !== DIMENSION) return undefined;
  const bits = new Uint32Array(embedding.slice().buffer);
  const id = (bits[2]! & ID_MASK) | ((bits[3]! & ID_MASK) << ID_BITS);
  return sameValues(embedding, embeddingOf(id)) ? id : undefined;
}

export function sameValues(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}

export function isThumbnailOf(id: number, thumbnail: Uint8Array | undefined): boolean {
  return thumbnail !== undefined && thumbnailOf(id).equals(thumbnail);
}

/** Everything of these people that lies in some bytes, each part once. */
export function tracesIn(bytes: Buffer): Trace[] {
  const found = new Map<string, Trace>();
  const note = (kind: PartKind, id: number): void => void found.set(`${kind} ${id}`, { kind, id });
  for (let at = bytes.indexOf(MARK); at !== -1; at = bytes.indexOf(MARK, at + 1)) {
    const text = bytes.toString('latin1', at, at + TRACE_LENGTH);
    const [, letter, digits] = /^.{4}([NST])([0-9a-f]{8})$/.exec(text) ?? [];
    if (digits !== undefined) note(LETTERS[letter as keyof typeof LETTERS], parseInt(digits, 16));
  }
  const idAt = EMBEDDING_MARK.length;
  for (let at = bytes.indexOf(EMBEDDING_MARK); at !== -1; at = bytes.indexOf(EMBEDDING_MARK, at + 1)) {
    if (at + idAt + 2 * FLOAT_BYTES > bytes.length) break;
    const low = bytes.readUInt32LE(at + idAt) & ID_MASK;
    const high = bytes.readUInt32LE(at + idAt + FLOAT_BYTES) & ID_MASK;
    note('embedding', low | (high << ID_BITS));
  }
  return [...found.values()];
}
