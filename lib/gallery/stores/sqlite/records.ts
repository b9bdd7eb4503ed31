/**
 * Rows of the store's tables as records. A checksum covers all fields of a record, their types included, so what it
 * matches is what was written.
 */
import { checksum, EMPTY } from './checksum';
import type { Field, Tally } from './checksum';
import type { Connection, Row } from './connection';
import { Damage } from './faults';

/** The one row of `gallery`. */
export interface State {
  /** Counts changes. */
  readonly revision: number;
  /** The highest number that was given to a person, a sample or a model. */
  readonly lastId: number;
  /** The revision of the last removal or renaming, after which the log must be emptied; 0: none yet. */
  readonly erasure: number;
  readonly people: Tally;
  readonly models: Tally;
}

export interface Person {
  readonly id: number;
  readonly name: string;
  readonly samples: Tally;
  readonly checksum: number;
}

export interface Model {
  readonly id: number;
  readonly model: string;
  readonly dimension: number;
  readonly samples: Tally;
  readonly checksum: number;
}

/** What the index tells of a sample. */
export interface Entry {
  readonly id: number;
  readonly person: number;
  readonly model: number;
  readonly time: number;
  readonly checksum: number;
}

export interface SampleRecord extends Entry {
  readonly source: string;
  /** Checksum of the thumbnail. */
  readonly thumbnail: number | null;
  readonly embedding: Uint8Array;
}

const stateFields = (row: Row): Field[] =>
  ['revision', 'last_id', 'erasure', 'people', 'people_sum', 'models', 'models_sum'].map(
    (name) => row[name] as Field,
  );
const personFields = (row: Row): Field[] =>
  ['id', 'name', 'samples', 'sum'].map((name) => row[name] as Field);
const modelFields = (row: Row): Field[] =>
  ['id', 'model', 'dimension', 'samples', 'sum'].map((name) => row[name] as Field);
const sampleFields = (row: Row): Field[] =>
  ['id', 'person', 'model', 'time', 'source', 'thumbnail', 'embedding'].map((name) => row[name] as Field);

function verify(what: string, row: Row, fields: readonly Field[]): void {
  if (checksum(fields) !== row['checksum']) throw new Damage(`${what} does not match its checksum`);
}

// ---- gallery

export const NEW_STATE: State = { revision: 0, lastId: 0, erasure: 0, people: EMPTY, models: EMPTY };

export function readState(connection: Connection): State {
  const row = connection.get('SELECT * FROM gallery');
  if (!row) throw new Damage('the head of gallery.sqlite is missing');
  verify('the head of gallery.sqlite', row, stateFields(row));
  return {
    revision: row['revision'] as number,
    lastId: row['last_id'] as number,
    erasure: row['erasure'] as number,
    people: { count: row['people'] as number, sum: row['people_sum'] as number },
    models: { count: row['models'] as number, sum: row['models_sum'] as number },
  };
}

export function writeState(connection: Connection, state: State): void {
  const { revision, lastId, erasure, people, models } = state;
  const fields = [revision, lastId, erasure, people.count, people.sum, models.count, models.sum];
  connection.run('REPLACE INTO gallery VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)', ...fields, checksum(fields));
}

// ---- people

export function readPeople(connection: Connection): Person[] {
  return connection.all('SELECT * FROM people').map(toPerson);
}

export function toPerson(row: Row): Person {
  verify(`person ${String(row['id'])}`, row, personFields(row));
  return {
    id: row['id'] as number,
    name: row['name'] as string,
    samples: { count: row['samples'] as number, sum: row['sum'] as number },
    checksum: row['checksum'] as number,
  };
}

export function writePerson(connection: Connection, person: Omit<Person, 'checksum'>): Person {
  const { id, name, samples } = person;
  const fields = [id, name, samples.count, samples.sum];
  const sum = checksum(fields);
  connection.run('REPLACE INTO people VALUES (?, ?, ?, ?, ?)', ...fields, sum);
  return { ...person, checksum: sum };
}

// ---- models

export function readModels(connection: Connection): Model[] {
  return connection.all('SELECT * FROM models').map(toModel);
}

export function toModel(row: Row): Model {
  verify(`model ${String(row['id'])}`, row, modelFields(row));
  return {
    id: row['id'] as number,
    model: row['model'] as string,
    dimension: row['dimension'] as number,
    samples: { count: row['samples'] as number, sum: row['sum'] as number },
    checksum: row['checksum'] as number,
  };
}

export function writeModel(connection: Connection, value: Omit<Model, 'checksum'>): Model {
  const { id, model, dimension, samples } = value;
  const fields = [id, model, dimension, samples.count, samples.sum];
  const sum = checksum(fields);
  connection.run('REPLACE INTO models VALUES (?, ?, ?, ?, ?, ?)', ...fields, sum);
  return { ...value, checksum: sum };
}

// ---- samples

/** What a sample adds to the tallies of its person and its model: covers all that the index holds of it. */
export function markOf({ id, person, model, time, checksum: sum }: Entry): number {
  return checksum([id, person, model, time, sum]);
}

const ENTRIES = 'SELECT id, person, model, time, checksum FROM samples INDEXED BY samples_of_people';

/** From the index alone, oldest id first. */
export function readEntries(connection: Connection, person: number): Entry[] {
  return connection.all(`${ENTRIES} WHERE person = ? ORDER BY id`, person) as unknown as Entry[];
}

/** Everybody's, from the index alone. */
export function readAllEntries(connection: Connection): Entry[] {
  return connection.all(ENTRIES) as unknown as Entry[];
}

const SAMPLE_COLUMNS = 'id, person, model, time, checksum, thumbnail, source, embedding';

/** So many samples of a model with a higher id than `after`, by id. */
export function readSamplesAfter(
  connection: Connection,
  model: number,
  after: number,
  most: number,
): SampleRecord[] {
  return connection
    .all(
      `SELECT ${SAMPLE_COLUMNS} FROM samples NOT INDEXED WHERE id > ? AND model = ? ORDER BY id LIMIT ?`,
      ...[after, model, most],
    )
    .map(toSample);
}

export function readSample(connection: Connection, id: number): SampleRecord | undefined {
  const row = connection.get(`SELECT ${SAMPLE_COLUMNS} FROM samples WHERE id = ?`, id);
  return row && toSample(row);
}

export function toSample(row: Row): SampleRecord {
  verify(`sample ${String(row['id'])}`, row, sampleFields(row));
  return row as unknown as SampleRecord;
}

export function writeSample(connection: Connection, sample: Omit<SampleRecord, 'checksum'>): SampleRecord {
  const { id, person, model, time, thumbnail, source, embedding } = sample;
  const sum = checksum([id, person, model, time, source, thumbnail, embedding]);
  connection.run(
    'REPLACE INTO samples VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ...[id, person, model, time, sum, thumbnail, source, embedding],
  );
  return { ...sample, checksum: sum };
}

/** undefined for a sample without one. */
export function readThumbnail(
  connection: Connection,
  { id, thumbnail }: Pick<SampleRecord, 'id' | 'thumbnail'>,
): Uint8Array | undefined {
  if (thumbnail === null) return undefined;
  const picture = connection.get('SELECT picture FROM thumbnails WHERE sample = ?', id)?.['picture'];
  if (!(picture instanceof Uint8Array) || checksum([id, picture]) !== thumbnail)
    throw new Damage(`the thumbnail of sample ${id} does not match its checksum`);
  return picture;
}

/** @returns its checksum, for the sample's record */
export function writeThumbnail(connection: Connection, sample: number, picture: Uint8Array): number {
  connection.run('INSERT INTO thumbnails VALUES (?, ?)', sample, picture);
  return checksum([sample, picture]);
}

export function deleteSample(connection: Connection, id: number): void {
  connection.run('DELETE FROM samples WHERE id = ?', id);
  connection.run('DELETE FROM thumbnails WHERE sample = ?', id);
}

const FLOAT32_BYTES = 4;

/** @throws Damage when the embedding is not of its model's length. */
export function toEmbedding(
  { id, embedding }: Pick<SampleRecord, 'id' | 'embedding'>,
  dimension: number,
): Float32Array {
  if (embedding.length !== dimension * FLOAT32_BYTES)
    throw new Damage(`the embedding of sample ${id} has another length than its model's`);
  const copy = new Uint8Array(embedding); // float32 values begin at a multiple of four
  return new Float32Array(copy.buffer);
}
