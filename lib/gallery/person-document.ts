/** A person as a JSON document: what the gallery knows of somebody, for them to see, or to carry to another gallery. */
import { invalid, isRecord, nonEmptyString, numberIn } from '../core/validate';
import { checkedSource, checkedThumbnail, modelId, personName, unitEmbedding } from './sample';
import type { NewSample } from './sample';

const FORMAT = 'arcflow-person';
const VERSION = 1;
const FLOAT32_BYTES = 4;
/** More than anybody has pictures of one person; an import is one transaction. */
const MOST_SAMPLES = 50_000;

export interface SampleDocument {
  /** Base64 of float32 values, little-endian. */
  readonly embedding: string;
  readonly model: string;
  /** Base64 of a JPEG, PNG or WebP picture, at most 256 KiB. */
  readonly thumbnail?: string;
  readonly source: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

export interface PersonDocument {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  readonly person: string;
  readonly samples: readonly SampleDocument[];
}

function sampleDocument({ embedding, model, thumbnail, source, time }: NewSample): SampleDocument {
  const values = Buffer.from(embedding.buffer, embedding.byteOffset, embedding.byteLength);
  return {
    embedding: values.toString('base64'),
    model,
    ...(thumbnail && { thumbnail: Buffer.from(thumbnail).toString('base64') }),
    source,
    time,
  };
}

export function toDocument(person: string, samples: readonly NewSample[]): PersonDocument {
  return { format: FORMAT, version: VERSION, person, samples: samples.map(sampleDocument) };
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

function base64(value: unknown, name: string): Buffer {
  const text = nonEmptyString(value, name);
  if (!BASE64.test(text)) throw invalid('base64', name, value);
  return Buffer.from(text, 'base64');
}

function embeddingFrom(value: unknown, name: string): Float32Array {
  const bytes = base64(value, name);
  if (bytes.length % FLOAT32_BYTES !== 0) throw invalid('base64 of float32 values', name, value);
  const copy = new Uint8Array(bytes); // a Buffer may begin anywhere, float32 values may not
  return unitEmbedding(new Float32Array(copy.buffer), name);
}

/** How files of the pictures that browsers show begin. A WebP says so after the length of its container. */
const JPEG = [0xff, 0xd8, 0xff];
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const WEBP_AT = 8;

function isPicture(bytes: Buffer): boolean {
  const webp =
    bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', WEBP_AT, WEBP_AT + 4) === 'WEBP';
  return webp || [JPEG, PNG].some((signature) => signature.every((byte, i) => bytes[i] === byte));
}

function thumbnailFrom(value: unknown, name: string): Buffer {
  const bytes = base64(value, name);
  checkedThumbnail(bytes, name);
  if (!isPicture(bytes)) throw invalid('base64 of a JPEG, PNG or WebP picture', name, bytes);
  return bytes;
}

function sampleFrom(value: unknown, name: string): NewSample {
  if (!isRecord(value)) throw invalid('an object', name, value);
  const { thumbnail, source } = value;
  return {
    embedding: embeddingFrom(value['embedding'], `${name}.embedding`),
    model: modelId(value['model'], `${name}.model`),
    ...(thumbnail !== undefined && { thumbnail: thumbnailFrom(thumbnail, `${name}.thumbnail`) }),
    source: checkedSource(source, `${name}.source`),
    time: numberIn(value['time'], `${name}.time`),
  };
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('the JSON of an exported person', name, text);
  }
}

/**
 * @param document what toDocument makes, or its JSON text
 * @param name what an error calls it
 * @throws ArcFlowError INVALID_ARGUMENT that names the field which is not as toDocument writes it.
 */
export function fromDocument(
  document: unknown,
  name = 'document',
): { readonly person: string; readonly samples: NewSample[] } {
  const value = typeof document === 'string' ? parsed(document, name) : document;
  if (!isRecord(value) || value['format'] !== FORMAT || value['version'] !== VERSION)
    throw invalid(`a document of format ${FORMAT}, version ${VERSION}`, name, value);
  const { samples } = value;
  if (!Array.isArray(samples)) throw invalid('an array', `${name}.samples`, samples);
  if (samples.length === 0 || samples.length > MOST_SAMPLES)
    throw invalid(`1 to ${MOST_SAMPLES} samples`, `${name}.samples`, samples);
  return {
    person: personName(value['person'], `${name}.person`),
    samples: samples.map((sample, i) => sampleFrom(sample, `${name}.samples[${i}]`)),
  };
}
