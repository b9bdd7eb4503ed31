/** What can still be read of a damaged store. Nothing is written, and whatever does not match its checksum is left out. */
import { join } from 'node:path';
import { messageOf } from '../../../core/errors';
import { toDocument } from '../../person-document';
import type { PersonDocument } from '../../person-document';
import type { NewSample } from '../../sample';
import { Connection } from './connection';
import type { Row } from './connection';
import { DATABASE } from './files';
import { readThumbnail, toEmbedding, toModel, toPerson, toSample } from './records';
import type { Model, Person } from './records';

export interface Salvage {
  /** Everybody of whom a name and a sample could be read. */
  readonly people: readonly PersonDocument[];
  /** What could not be read, a sentence each; none when the store is whole. */
  readonly damaged: readonly string[];
}

/** Enough to see what is wrong. */
const MOST_REPORTED = 1000;
/** Rows behind one that cannot be reached are looked for so far. */
const MOST_SKIPPED = 100_000;

class Reader {
  readonly damaged: string[] = [];

  constructor(private readonly connection: Connection) {}

  /** The result, or undefined with a sentence that says why. */
  attempt<T>(what: string, action: () => T): T | undefined {
    try {
      return action();
    } catch (error) {
      if (this.damaged.length < MOST_REPORTED) this.damaged.push(`${what}: ${messageOf(error)}`);
      return undefined;
    }
  }

  /** All rows that can be reached, one by one, so that those beyond a damaged page are found too. */
  *rows(table: 'people' | 'models' | 'samples'): Iterable<Row> {
    const next = `SELECT * FROM ${table} NOT INDEXED WHERE id > ? ORDER BY id LIMIT 1`;
    const last = this.attempt(table, () =>
      this.connection.get(`SELECT max(id) AS id FROM ${table} NOT INDEXED`),
    );
    const end = typeof last?.['id'] === 'number' ? last['id'] : undefined;
    let after = 0;
    let skipped = 0;
    while (skipped < MOST_SKIPPED && (end === undefined || after < end)) {
      let row: Row | undefined;
      try {
        row = this.connection.get(next, after);
      } catch (error) {
        if (skipped === 0) this.attempt(`${table} after ${after}`, () => raise(error));
        skipped++;
        after++;
        continue;
      }
      if (!row) return;
      skipped = 0;
      after = Math.max(after + 1, Number(row['id']));
      yield row;
    }
  }

  read<T>(table: 'people' | 'models' | 'samples', toRecord: (row: Row) => T): T[] {
    const found: T[] = [];
    for (const row of this.rows(table)) {
      const record = this.attempt(table, () => toRecord(row));
      if (record !== undefined) found.push(record);
    }
    return found;
  }

  all(): PersonDocument[] {
    const people = new Map(this.read('people', toPerson).map((person) => [person.id, person]));
    const models = new Map(this.read('models', toModel).map((model) => [model.id, model]));
    const samples = new Map<Person, NewSample[]>();
    for (const row of this.rows('samples')) {
      const found = this.attempt('samples', () => this.sample(row, people, models));
      if (found) samples.set(found.person, [...(samples.get(found.person) ?? []), found.sample]);
    }
    for (const person of people.values())
      this.attempt(person.name, () => missing(person, samples.get(person)));
    return [...samples].map(([person, found]) => toDocument(person.name, found));
  }

  /** @throws Error that says what of the sample cannot be read, but for the thumbnail, which it is returned without. */
  private sample(
    row: Row,
    people: ReadonlyMap<number, Person>,
    models: ReadonlyMap<number, Model>,
  ): { person: Person; sample: NewSample } {
    const record = toSample(row);
    const person = people.get(record.person);
    const model = models.get(record.model);
    if (!person) throw new Error(`the name of the person of sample ${record.id} cannot be read`);
    if (!model) throw new Error(`the model of sample ${record.id} cannot be read`);
    const thumbnail = this.attempt('thumbnails', () => readThumbnail(this.connection, record));
    const { source, time } = record;
    const sample: NewSample = {
      embedding: toEmbedding(record, model.dimension),
      model: model.model,
      source,
      time,
      ...(thumbnail && { thumbnail }),
    };
    return { person, sample };
  }
}

function raise(error: unknown): never {
  throw error;
}

function missing({ samples }: Person, found: readonly NewSample[] = []): void {
  if (found.length < samples.count)
    throw new Error(`${found.length} of ${samples.count} samples can be read`);
}

export function salvage(directory: string): Salvage {
  let connection: Connection | undefined;
  try {
    connection = new Connection(join(directory, DATABASE), { readOnly: true });
    const reader = new Reader(connection);
    const people = reader.all();
    return { people, damaged: reader.damaged };
  } catch (error) {
    return { people: [], damaged: [messageOf(error)] };
  } finally {
    connection?.close();
  }
}
