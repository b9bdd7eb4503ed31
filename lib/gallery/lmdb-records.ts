/**
 * How the values in the embedded store's file are laid out. Everything personal but the names lies in values that are
 * so long that LMDB gives each pages of its own ("overflow pages"): such pages are freed as a whole, and nothing of
 * them stays behind in a page that is still in use. Numbers are little-endian.
 */
import type { NewSample } from './sample';

/** person id, model id, dimension, length of the source's UTF-8: four uint32. */
const HEADER_BYTES = 16;
const UINT32_BYTES = 4;
const FLOAT32_BYTES = 4;

export interface SampleRecord {
  readonly personId: number;
  readonly modelId: number;
  readonly embedding: Float32Array;
  readonly source: string;
}

/** Zeros up to at least half a page, from where on LMDB uses pages of their own. */
function onOwnPages(content: Buffer, pageSize: number): Buffer {
  const missing = Math.ceil(pageSize / 2) - content.length;
  return missing > 0 ? Buffer.concat([content, Buffer.alloc(missing)]) : content;
}

/** header | embedding: raw float32 | source: UTF-8 | zeros */
export function encodeRecord(
  personId: number,
  modelId: number,
  { embedding, source }: Pick<NewSample, 'embedding' | 'source'>,
  pageSize: number,
): Buffer {
  const text = Buffer.from(source);
  const header = Buffer.alloc(HEADER_BYTES);
  [personId, modelId, embedding.length, text.length].forEach((value, i) =>
    header.writeUInt32LE(value, 4 * i),
  );
  const values = Buffer.from(embedding.buffer, embedding.byteOffset, embedding.byteLength);
  return onOwnPages(Buffer.concat([header, values, text]), pageSize);
}

export const recordPerson = (record: Buffer): number => record.readUInt32LE(0);
export const recordModel = (record: Buffer): number => record.readUInt32LE(4);

/** Copies the embedding to target, at a number of values. */
export function readEmbedding(record: Buffer, target: Float32Array, at = 0): void {
  const bytes = record.readUInt32LE(8) * FLOAT32_BYTES;
  new Uint8Array(target.buffer, target.byteOffset + at * FLOAT32_BYTES, bytes).set(
    record.subarray(HEADER_BYTES, HEADER_BYTES + bytes),
  );
}

export function decodeRecord(record: Buffer): SampleRecord {
  const embedding = new Float32Array(record.readUInt32LE(8));
  readEmbedding(record, embedding);
  const sourceAt = HEADER_BYTES + embedding.byteLength;
  const source = record.toString('utf8', sourceAt, sourceAt + record.readUInt32LE(12));
  return { personId: recordPerson(record), modelId: recordModel(record), embedding, source };
}

/** The same record, owned by another person. */
export function withPerson(record: Buffer, personId: number): Buffer {
  const copy = Buffer.from(record);
  copy.writeUInt32LE(personId, 0);
  return copy;
}

/** length | JPEG | zeros */
export function encodeThumbnail(jpeg: Uint8Array, pageSize: number): Buffer {
  const length = Buffer.alloc(UINT32_BYTES);
  length.writeUInt32LE(jpeg.length);
  return onOwnPages(Buffer.concat([length, jpeg]), pageSize);
}

export function decodeThumbnail(value: Buffer): Buffer {
  return Buffer.from(value.subarray(UINT32_BYTES, UINT32_BYTES + value.readUInt32LE(0)));
}

/** The entry of a sample in its person's list: enough for a summary without reading the sample. */
export interface ListEntry {
  readonly modelId: number;
  /** Milliseconds since 1970. */
  readonly time: number;
}

const LIST_ENTRY_BYTES = 12;

export function encodeListEntry({ modelId, time }: ListEntry): Buffer {
  const value = Buffer.alloc(LIST_ENTRY_BYTES);
  value.writeUInt32LE(modelId, 0);
  value.writeDoubleLE(time, 4);
  return value;
}

export function decodeListEntry(value: Buffer): ListEntry {
  return { modelId: value.readUInt32LE(0), time: value.readDoubleLE(4) };
}
