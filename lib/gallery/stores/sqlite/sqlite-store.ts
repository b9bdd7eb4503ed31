/**
 * The embedded store: a SQLite file in a directory. It works in the thread that calls it, which waits for the disk.
 * Several processes may open one directory: SQLite lets one of them write at a time, and the revision tells the others.
 */
import { join } from 'node:path';
import { ArcFlowError, messageOf } from '../../../core/errors';
import { tellsName } from '../../former-name';
import { otherDimension } from '../../sample';
import type { ModelSummary, NewSample, PersonSummary } from '../../sample';
import type { Rows } from '../../search/vector-index';
import type { Added, Change, Removed, Renamed, Store, StoredPerson, StoredSample } from '../../store';
import { EMPTY, plus, minus, sameTally, tallyOf } from './checksum';
import type { Tally } from './checksum';
import { Connection } from './connection';
import { Damage, isDamage, isFull, unavailable } from './faults';
import {
  checkIdentity,
  createDatabase,
  DATABASE,
  hasDatabase,
  identify,
  LOG,
  prepareFolder,
  removeUnfinished,
  sizeOf,
} from './files';
import type { Identity } from './files';
import { eraseSome, leavingPeople, letLeave } from './leaving';
import { Listing } from './listing';
import { checkLog } from './log';
import {
  deleteSample,
  markOf,
  NEW_STATE,
  readAllEntries,
  readEntries,
  readSample,
  readSamplesAfter,
  readThumbnail,
  readState,
  toEmbedding,
  writeSample,
  writeState,
  writeThumbnail,
} from './records';
import type { Entry, Model, Person, SampleRecord } from './records';
import { Reserve } from './reserve';
import { checkSchema, checkStructure, createSchema } from './schema';

/** Samples that are read together. */
const ROWS_BATCH = 1024;
/** Up to this size the structure of the file is checked whenever it is opened: a tenth of a second. */
const ALWAYS_CHECKED_BYTES = 64 * 2 ** 20;
const ERASURE_LIMIT_MS = 10_000;
/** The same when it is opened, where nobody waits for an acknowledgement. */
const OPENING_LIMIT_MS = 1000;

export interface OpenOptions {
  /** Make a new gallery where there is none. */
  readonly create?: boolean;
  /** How long an erasure waits for other processes that read, milliseconds. */
  readonly erasureLimitMs?: number;
}

/** A change with the store's new revision; undefined or 'taken' means that there was none. */
type Counted<T> = T extends object ? T & Pick<Change, 'revision'> : T;

export class SqliteStore implements Store {
  readonly #connection: Connection;
  readonly #reserve: Reserve;
  #identity: Identity;
  /** As of the revision in it; read again when that has changed. */
  #listing: Listing | undefined;
  /** The state's erasure for which the log is known to have been emptied. */
  #erased = -1;
  /** Nothing is written to a file once it was found damaged. */
  #damage: ArcFlowError | undefined;

  private constructor(
    readonly location: string,
    private readonly erasureLimitMs: number,
  ) {
    const path = join(location, DATABASE);
    const unclean = sizeOf(location, LOG) > 0;
    checkLog(location);
    const before = identify(location).get(DATABASE);
    this.#reserve = new Reserve(location);
    this.#connection = this.#despiteFullDisk(() => new Connection(path));
    try {
      this.#despiteFullDisk(() => checkSchema(this.#connection));
      this.#connection.run('PRAGMA journal_mode = WAL');
      this.#identity = identify(location);
      if (this.#identity.get(DATABASE) !== before) throw new Error(`${DATABASE} was replaced meanwhile`);
      if (unclean || sizeOf(location, DATABASE) <= ALWAYS_CHECKED_BYTES) checkStructure(this.#connection);
      this.#connection.read(() => this.#fresh());
      this.#erase(Math.min(OPENING_LIMIT_MS, this.erasureLimitMs));
      this.#reserve.restore();
    } catch (error) {
      this.#connection.close();
      throw error;
    }
  }

  /**
   * Opens the store in a directory, and keeps everybody but its owner out of it.
   * @throws ArcFlowError STORE_UNAVAILABLE that names the directory and the reason. A damaged store is left as it is.
   */
  static open(
    directory: string,
    { create = true, erasureLimitMs = ERASURE_LIMIT_MS }: OpenOptions = {},
  ): SqliteStore {
    try {
      prepareFolder(directory);
      if (!hasDatabase(directory)) {
        if (!create) throw new Error(`${DATABASE} was deleted while it was in use`);
        createDatabase(directory, (connection) => {
          createSchema(connection);
          writeState(connection, NEW_STATE);
        });
      }
      const store = new SqliteStore(directory, erasureLimitMs);
      removeUnfinished(directory);
      return store;
    } catch (error) {
      throw unavailable('opened', directory, error);
    }
  }

  revision(): number {
    return this.#read(({ state }) => state.revision);
  }

  models(): ModelSummary[] {
    return this.#read((listing) =>
      listing.models().map(({ model, dimension, samples }) => ({ model, dimension, samples: samples.count })),
    );
  }

  people(): PersonSummary[] {
    return this.#read((listing) => {
      const entries = new Map<number, Entry[]>(listing.people().map(({ id }) => [id, []]));
      for (const entry of readAllEntries(this.#connection)) entries.get(entry.person)?.push(entry);
      return listing.people().map((person) => summarise(person, entries.get(person.id)!, listing));
    });
  }

  find(name: string): StoredPerson | undefined {
    return this.#read((listing) => {
      const person = listing.named(name);
      return person && { personId: person.id, samples: person.samples.count };
    });
  }

  names(personIds: readonly number[]): ReadonlyMap<number, string> {
    return this.#read((listing) => {
      const people = personIds.flatMap((id) => listing.person(id) ?? []);
      return new Map(people.map(({ id, name }) => [id, name]));
    });
  }

  samples(personId: number): StoredSample[] {
    return this.#read((listing) => {
      const person = listing.person(personId);
      if (!person) return [];
      return this.#entries(person).map((entry) => this.#storedSample(this.#record(entry), listing));
    });
  }

  embeddings(personId: number, model: string): ReadonlyMap<number, Float32Array> {
    return this.#read((listing) => {
      const person = listing.person(personId);
      const modelId = listing.modelNamed(model)?.id;
      if (!person || modelId === undefined) return new Map();
      const ofModel = this.#entries(person).filter((entry) => entry.model === modelId);
      return new Map(ofModel.map((entry) => [entry.id, this.#embedding(this.#record(entry), listing)]));
    });
  }

  *rows(model: string): Iterable<Rows> {
    try {
      checkIdentity(this.location, this.#identity);
      yield* this.#connection.readEach(() => this.#rows(model));
    } catch (error) {
      throw this.#fault('read', error);
    }
  }

  *#rows(name: string): Iterable<Rows> {
    const listing = this.#fresh();
    const model = listing.modelNamed(name);
    if (!model) return;
    const leaving = leavingPeople(this.#connection);
    let [after, found] = [0, EMPTY];
    for (;;) {
      const batch = readSamplesAfter(this.#connection, model.id, after, ROWS_BATCH);
      if (batch.length === 0) break;
      after = batch.at(-1)!.id;
      const there = batch.filter(({ person }) => !leaving.has(person));
      for (const { id, person } of there) {
        if (!listing.person(person)) throw new Damage(`the person of sample ${id} is missing`);
      }
      found = plus(found, tallyOf(there.map(markOf)));
      yield toRows(there, model.dimension);
    }
    if (!sameTally(found, model.samples))
      throw new Damage(
        `samples of model "${name}" are missing: ${found.count} of ${model.samples.count} left`,
      );
  }

  addSamples(name: string, samples: readonly NewSample[]): Added {
    return this.#write((listing) => {
      const person = listing.named(name) ?? { id: listing.nextId(), name, samples: EMPTY };
      const added = samples.map((sample) => this.#addSample(person.id, sample, listing));
      const tally = plus(person.samples, tallyOf(added.map(markOf)));
      listing.putPerson({ ...person, samples: tally });
      listing.countSamples(added, []);
      return { personId: person.id, sampleIds: added.map(({ id }) => id), samples: tally.count };
    });
  }

  removePerson(name: string): Removed | undefined {
    return this.#write(
      (listing) => {
        const person = listing.named(name);
        if (!person) return undefined;
        const entries = this.#entries(person);
        listing.countSamples([], entries);
        listing.dropPerson(person);
        letLeave(this.#connection, person.id);
        return { personId: person.id, person: name, removed: entries.length, left: 0 };
      },
      { erases: true },
    );
  }

  removeSample(id: number): Removed | undefined {
    return this.#write(
      (listing) => {
        const sample = readSample(this.#connection, id);
        const person = sample && listing.person(sample.person);
        if (!person) return undefined;
        deleteSample(this.#connection, id);
        listing.countSamples([], [sample]);
        const samples = minus(person.samples, tallyOf([markOf(sample)]));
        if (samples.count === 0) listing.dropPerson(person);
        else listing.putPerson({ ...person, samples });
        return { personId: person.id, person: person.name, removed: 1, left: samples.count };
      },
      { erases: true },
    );
  }

  renamePerson(from: string, to: string, merge: boolean): Renamed | 'taken' | undefined {
    return this.#write(
      (listing) => {
        const former = listing.named(from);
        if (!former) return undefined;
        const other = from === to ? undefined : listing.named(to);
        if (other && !merge) return 'taken';
        const personId = (other ?? former).id;
        const entries = this.#entries(former);
        const moved = entries.map((entry) => this.#moveSample(entry, personId, from === to ? '' : from));
        listing.countSamples(moved, entries);
        if (other) listing.dropPerson(former);
        const samples = plus(other?.samples ?? EMPTY, tallyOf(moved.map(markOf)));
        listing.putPerson({ id: personId, name: to, samples });
        return { personId, formerId: former.id, samples: samples.count };
      },
      { erases: true },
    );
  }

  /** May be called again without effect. */
  close(): void {
    if (!this.#connection.isOpen) return;
    try {
      this.#connection.emptyLog(0); // what another process holds up it will empty itself
    } catch (error) {
      throw unavailable('closed', this.location, error);
    } finally {
      this.#connection.close();
    }
  }

  // ---- transactions

  #read<T>(action: (listing: Listing) => T): T {
    try {
      checkIdentity(this.location, this.#identity);
      return this.#connection.read(() => action(this.#fresh()));
    } catch (error) {
      throw this.#fault('read', error);
    }
  }

  /** Runs an action as one transaction, and counts it where it was a change. */
  #write<T extends object | string | undefined>(
    action: (listing: Listing) => T,
    { erases }: { erases: boolean } = { erases: false },
  ): Counted<T> {
    const change = (): Counted<T> =>
      this.#connection.write(() => {
        const listing = this.#fresh();
        const result = action(listing);
        const counted =
          typeof result === 'object' ? { ...result, revision: listing.commit({ erases }) } : result;
        return counted as Counted<T>;
      });
    let result: Counted<T>;
    try {
      if (this.#damage !== undefined) throw this.#damage;
      checkIdentity(this.location, this.#identity);
      result = erases ? this.#despiteFullDisk(change) : change();
      checkIdentity(this.location, this.#identity);
    } catch (error) {
      this.#listing = undefined;
      throw this.#fault('changed', error);
    }
    if (typeof result === 'object') this.#afterChange(erases);
    return result;
  }

  #afterChange(erases: boolean): void {
    let erased: boolean;
    try {
      erased = this.#erase(erases ? this.erasureLimitMs : 0);
      this.#reserve.restore();
    } catch (error) {
      throw unfinished(this.location, messageOf(error), error);
    }
    if (erases && !erased) throw unfinished(this.location, 'another process reads the gallery');
  }

  /** Within a transaction. */
  #fresh(): Listing {
    const { revision } = readState(this.#connection);
    if (this.#listing?.state.revision !== revision) this.#listing = Listing.read(this.#connection);
    return this.#listing;
  }

  /** Finishes what removals and renamings have begun. @returns false when other processes did not let go in time */
  #erase(limitMs: number): boolean {
    const erasure = this.#listing?.state.erasure ?? 0;
    if (erasure === this.#erased) return true;
    if (this.#erased < 0 && sizeOf(this.location, LOG) === 0 && leavingPeople(this.#connection).size === 0) {
      this.#erased = erasure;
      return true;
    }
    const end = Date.now() + limitMs;
    let more = true;
    while (more) {
      more = this.#despiteFullDisk(() => this.#connection.write(() => eraseSome(this.#connection)));
      const emptied = this.#despiteFullDisk(() => this.#connection.emptyLog(end - Date.now()));
      if (!emptied) return false;
    }
    checkIdentity(this.location, this.#identity);
    this.#erased = erasure;
    return true;
  }

  /** Tries again with the space kept in reserve. */
  #despiteFullDisk<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (!isFull(error) || !this.#reserve.giveUp()) throw error;
      this.#listing = undefined;
      return action();
    }
  }

  #fault(action: string, error: unknown): ArcFlowError {
    const fault = unavailable(action, this.location, error);
    if (isDamage(error)) this.#damage ??= fault;
    return fault;
  }

  // ---- steps of a transaction

  #addSample(person: number, sample: NewSample, listing: Listing): SampleRecord {
    const { embedding, model, thumbnail, source, time } = sample;
    const { id: modelId } = this.#modelFor(model, embedding.length, listing);
    const id = listing.nextId();
    return writeSample(this.#connection, {
      id,
      person,
      model: modelId,
      time,
      source,
      thumbnail: thumbnail ? writeThumbnail(this.#connection, id, thumbnail) : null,
      embedding: new Uint8Array(embedding.buffer, embedding.byteOffset, embedding.byteLength),
    });
  }

  #modelFor(model: string, dimension: number, listing: Listing): Pick<Model, 'id'> {
    const known = listing.modelNamed(model);
    if (!known) {
      const id = listing.nextId();
      listing.putModel({ id, model, dimension, samples: EMPTY });
      return { id };
    }
    if (known.dimension !== dimension) throw otherDimension(model, known.dimension, dimension);
    return known;
  }

  #moveSample(entry: Entry, person: number, former: string): SampleRecord {
    const record = this.#record(entry);
    const source = former !== '' && tellsName(record.source, former) ? '' : record.source;
    if (record.person === person && source === record.source) return record;
    return writeSample(this.#connection, { ...record, person, source });
  }

  /** @throws Damage unless the index has all samples of the person. */
  #entries(person: Person): Entry[] {
    const entries = readEntries(this.#connection, person.id);
    checkTally(person, tallyOf(entries.map(markOf)));
    return entries;
  }

  #record(entry: Entry): SampleRecord {
    const record = readSample(this.#connection, entry.id);
    if (!record || markOf(record) !== markOf(entry)) throw new Damage(`sample ${entry.id} is missing`);
    return record;
  }

  #embedding(record: SampleRecord, listing: Listing): Float32Array {
    return toEmbedding(record, listing.model(record.model).dimension);
  }

  #storedSample(record: SampleRecord, listing: Listing): StoredSample {
    const picture = readThumbnail(this.#connection, record);
    const { id, source, time } = record;
    return {
      id,
      embedding: this.#embedding(record, listing),
      model: listing.model(record.model).model,
      source,
      time,
      ...(picture && { thumbnail: Buffer.from(picture) }),
    };
  }
}

function checkTally(person: Person, found: Tally): void {
  if (!sameTally(person.samples, found))
    throw new Damage(
      `samples of person ${person.id} are missing or changed: ${found.count} of ${person.samples.count} left`,
    );
}

function summarise(person: Person, entries: readonly Entry[], listing: Listing): PersonSummary {
  checkTally(person, tallyOf(entries.map(markOf)));
  const models = new Set(entries.map(({ model }) => listing.model(model).model));
  const times = entries.map(({ time }) => time);
  return {
    person: person.name,
    samples: entries.length,
    models: [...models].sort(),
    firstTime: times.reduce((least, time) => Math.min(least, time), Infinity),
    lastTime: times.reduce((most, time) => Math.max(most, time), -Infinity),
  };
}

function toRows(records: readonly SampleRecord[], dimension: number): Rows {
  const embeddings = new Float32Array(records.length * dimension);
  records.forEach((record, i) => embeddings.set(toEmbedding(record, dimension), i * dimension));
  return {
    sampleIds: Uint32Array.from(records, ({ id }) => id),
    personIds: Uint32Array.from(records, ({ person }) => person),
    embeddings,
  };
}

function unfinished(location: string, reason: string, cause?: unknown): ArcFlowError {
  return new ArcFlowError(
    'STORE_UNAVAILABLE',
    `The change was made, but what it erases cannot be taken out of the files in ${location} yet: ${reason}; ` +
      'the next change or start tries again',
    'not erased yet',
    { cause },
  );
}
