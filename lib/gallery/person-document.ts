/** A person as a JSON document: what the gallery knows of somebody, for them to see, or to carry to another gallery. */
import { invalid, isRecord, nonEmptyString, numberIn } from '../validate';
import { modelId, personName, unitEmbedding } from './sample';
import type { NewSample } from './sample';

const FORMAT = 'arcflow-person';
const VERSION = 1;
const FLOAT32_BYTES = 4;

export interface SampleDocument {
  /** Base64 of float32 values, little-endian. */
  readonly embedding: string;
  readonly model: string;
  /** Base64 of a JPEG. */
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
    ...(thumbnail && { thumbnail: thumbnail.toString('base64') }),
    source,
    time,
  };
}

export function toDocument(person: string, samples: readonly NewSample[]): PersonDocument {
  return { format: FORMAT, version: VERSION, person, samples: samples.map(sampleDocument) };
}

function base64(value: unknown, name: string): Buffer {
  return Buffer.from(nonEmptyString(value, name), 'base64');
}

function embeddingFrom(value: unknown, name: string): Float32Array {
  const bytes = base64(value, name);
  if (bytes.length % FLOAT32_BYTES !== 0) throw invalid('base64 of float32 values', name, value);
  const copy = new Uint8Array(bytes); // a Buffer may begin anywhere, float32 values may not
  return unitEmbedding(new Float32Array(copy.buffer), name);
}

function sampleFrom(value: unknown, name: string): NewSample {
  if (!isRecord(value)) throw invalid('an object', name, value);
  const { thumbnail, source } = value;
  if (typeof source !== 'string') throw invalid('a string', `${name}.source`, source);
  return {
    embedding: embeddingFrom(value['embedding'], `${name}.embedding`),
    model: modelId(value['model'], `${name}.model`),
    ...(thumbnail !== undefined && { thumbnail: base64(thumbnail, `${name}.thumbnail`) }),
    source,
    time: numberIn(value['time'], `${name}.time`),
  };
}

/** @throws ArcFlowError INVALID_ARGUMENT that names the field which is not as toDocument writes it. */
export function fromDocument(value: unknown): { readonly person: string; readonly samples: NewSample[] } {
  if (!isRecord(value) || value['format'] !== FORMAT || value['version'] !== VERSION)
    throw invalid(`a document of format ${FORMAT}, version ${VERSION}`, 'document', value);
  const { samples } = value;
  if (!Array.isArray(samples)) throw invalid('an array', 'document.samples', samples);
  return {
    person: personName(value['person'], 'document.person'),
    samples: samples.map((sample, i) => sampleFrom(sample, `document.samples[${i}]`)),
  };
}
