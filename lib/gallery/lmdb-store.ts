/**
 * The embedded store: an LMDB environment in a directory. A transaction is on the disk before its promise resolves.
 * Several processes may open one directory: LMDB lets one of them write at a time, and the revision tells the others.
 *
 * | database    | key                   | value                                  |
 * |-------------|-----------------------|----------------------------------------|
 * | meta        | name of a field       | number (JSON)                          |
 * | models      | model id (text)       | ModelEntry (JSON)                      |
 * | people      | person id             | name: UTF-8                            |
 * | lists       | [person id, sample id]| ListEntry                              |
 * | records     | sample id             | embedding and source                   |
 * | thumbnails  | sample id             | JPEG                                   |
 * | filler      |                       | empty but while free pages are filled  |
 *
 * A name stands in one place only, so that erasing has one place to clean; finding a person by name takes a map in
 * memory, which is made again when another process has changed the store.
 */
import { mkdir } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { open } from 'lmdb';
import type { Database, RootDatabase } from 'lmdb';
import { ArcFlowError, messageOf } from '../errors';
import { checkFiles, checkSpace } from './lmdb-files';
import {
  decodeListEntry,
  decodeRecord,
  decodeThumbnail,
  encodeListEntry,
  encodeRecord,
  encodeThumbnail,
  readEmbedding,
  recordModel,
  recordPerson,
  withPerson,
} from './lmdb-records';
import type { ListEntry } from './lmdb-records';
import { fillFreePages } from './lmdb-scrub';
import { otherDimension } from './sample';
import type { ModelSummary, NewSample, PersonSummary } from './sample';
import type { Rows } from './search/vector-index';
import type { Added, Change, Removed, Renamed, Store, StoredPerson, StoredSample } from './store';

/** Raised with every change of the layout above. */
const SCHEMA = 1;
const DATABASES = 7;
/** How much is read, or written again, without a pause for other work: a millisecond or two. */
const ROWS_BATCH = 256;
const PEOPLE_BATCH = 64;
const NAMES_BATCH = 1024;
/** Disk space that must be left for a change: far more than one takes, as LMDB does not survive a full disk. */
const RESERVE_BYTES = 64 * 2 ** 20;

/** scrub: the revision of the last removal or renaming that has not been cleaned up after, or 0. */
type MetaField = 'schema' | 'revision' | 'lastPersonId' | 'lastSampleId' | 'lastModelId' | 'scrub';

interface ModelEntry {
  readonly id: number;
  readonly dimension: number;
  readonly samples: number;
}

type ListKey = [personId: number, sampleId: number];

/** All keys, some at a time, with a turn of the event loop in between; those that come and go meanwhile may be missed. */
async function* batches(database: Database<Buffer, number>, size: number): AsyncIterable<number[]> {
  let after = 0;
  for (;;) {
    const keys = [...database.getKeys({ start: after + 1, limit: size })];
    if (keys.length === 0) return;
    yield keys;
    after = keys.at(-1)!;
    await setImmediate();
  }
}

export class LmdbStore implements Store {
  readonly #root: RootDatabase;
  readonly #meta: Database<number, MetaField>;
  readonly #models: Database<ModelEntry, string>;
  readonly #people: Database<Buffer, number>;
  readonly #lists: Database<Buffer, ListKey>;
  readonly #records: Database<Buffer, number>;
  readonly #thumbnails: Database<Buffer, number>;
  readonly #filler: Database<Uint8Array, number>;
  readonly #databases: readonly Database[];
  readonly #pageSize: number;
  #scrubbing: Promise<void> = Promise.resolve();
  #idsByName: { readonly revision: number; readonly ids: Map<string, number> } | undefined;

  private constructor(readonly location: string) {
    this.#root = open({
      path: location,
      noSubdir: false,
      maxDbs: DATABASES,
      // A commit waits for the disk, so that what it acknowledges is there after a power cut.
      overlappingSync: false,
      // With it a commit that fails, on a full disk, also rejects a promise that nobody can see, which ends the process.
      eventTurnBatching: false,
    });
    this.#meta = this.#root.openDB('meta', { encoding: 'json' });
    this.#models = this.#root.openDB('models', { encoding: 'json' });
    this.#people = this.#root.openDB('people', { encoding: 'binary' });
    this.#lists = this.#root.openDB('lists', { encoding: 'binary' });
    this.#records = this.#root.openDB('records', { encoding: 'binary' });
    this.#thumbnails = this.#root.openDB('thumbnails', { encoding: 'binary' });
    this.#filler = this.#root.openDB('filler', { encoding: 'binary' });
    this.#databases = [
      this.#meta,
      this.#models,
      this.#people,
      this.#lists,
      this.#records,
      this.#thumbnails,
      this.#filler,
    ];
    this.#pageSize = (this.#root.getStats() as { pageSize: number }).pageSize;
  }

  /**
   * Opens the store in a directory, which is made when it is missing, readable by its owner only.
   * @throws ArcFlowError STORE_UNAVAILABLE that names the directory and the reason.
   */
  static async open(directory: string): Promise<LmdbStore> {
    let store: LmdbStore | undefined;
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await checkFiles(directory);
      store = new LmdbStore(directory);
      await store.#prepare();
      return store;
    } catch (error) {
      await store?.close();
      throw unavailable('opened', directory, error);
    }
  }

  async #prepare(): Promise<void> {
    const schema = this.#meta.get('schema');
    if (schema === undefined) await this.#meta.put('schema', SCHEMA);
    else if (schema > SCHEMA)
      throw new Error(
        `it was written by a newer version of ArcFlow (layout ${schema}, this version reads up to ${SCHEMA})`,
      );
    // On a full disk it fails: no reason to keep people locked out of their gallery, the next opening tries again.
    if (this.#field('scrub') !== 0) await this.scrub().catch(() => undefined);
  }

  revision(): Promise<number> {
    this.#root.resetReadTxn(); // the snapshot in use may be older than another process's last change
    return Promise.resolve(this.#field('revision'));
  }

  models(): Promise<ModelSummary[]> {
    const models = this.#models
      .getRange()
      .map(({ key, value: { dimension, samples } }) => ({ model: key, dimension, samples }));
    return Promise.resolve([...models]);
  }

  async people(): Promise<PersonSummary[]> {
    const models = this.#modelsById();
    const summaries: PersonSummary[] = [];
    for await (const ids of batches(this.#people, PEOPLE_BATCH)) {
      for (const id of ids) {
        const name = this.#people.get(id)?.toString();
        if (name !== undefined) summaries.push(summarise(name, this.#list(id), models));
      }
    }
    return summaries;
  }

  find(name: string): Promise<StoredPerson | undefined> {
    const personId = this.#ids().get(name);
    return Promise.resolve(
      personId === undefined ? undefined : { personId, samples: this.#list(personId).length },
    );
  }

  names(personIds: readonly number[]): Promise<ReadonlyMap<number, string>> {
    const names = new Map<number, string>();
    for (const id of personIds) {
      const name = this.#people.get(id)?.toString();
      if (name !== undefined) names.set(id, name);
    }
    return Promise.resolve(names);
  }

  samples(personId: number): Promise<StoredSample[]> {
    const models = this.#modelsById();
    const samples = this.#list(personId).map(({ id, modelId, time }): StoredSample => {
      const { embedding, source } = decodeRecord(this.#records.get(id)!);
      const thumbnail = this.#thumbnails.get(id);
      return {
        id,
        embedding,
        model: models.get(modelId)!,
        source,
        time,
        ...(thumbnail && { thumbnail: decodeThumbnail(thumbnail) }),
      };
    });
    return Promise.resolve(samples);
  }

  embeddings(personId: number, model: string): Promise<ReadonlyMap<number, Float32Array>> {
    const modelId = this.#models.get(model)?.id;
    const ofModel = this.#list(personId).filter((entry) => entry.modelId === modelId);
    return Promise.resolve(
      new Map(ofModel.map(({ id }) => [id, decodeRecord(this.#records.get(id)!).embedding])),
    );
  }

  async *rows(model: string): AsyncIterable<Rows> {
    const entry = this.#models.get(model);
    if (!entry) return;
    for await (const ids of batches(this.#records, ROWS_BATCH)) {
      const records = await this.#records.getMany(ids); // waits for the disk in another thread
      const found = ids.flatMap((id, i) => {
        const record = records[i];
        return record && recordModel(record) === entry.id ? [{ id, record }] : [];
      });
      const embeddings = new Float32Array(found.length * entry.dimension);
      found.forEach(({ record }, i) => readEmbedding(record, embeddings, i * entry.dimension));
      yield {
        sampleIds: Uint32Array.from(found, ({ id }) => id),
        personIds: Uint32Array.from(found, ({ record }) => recordPerson(record)),
        embeddings,
      };
    }
  }

  addSamples(name: string, samples: readonly NewSample[]): Promise<Added> {
    return this.#change((revision) => {
      const personId = this.#ids().get(name) ?? this.#addPerson(name);
      const sampleIds = samples.map((sample) => this.#addSample(personId, sample));
      return { revision, personId, sampleIds, samples: this.#list(personId).length };
    });
  }

  removePerson(name: string): Promise<Removed | undefined> {
    return this.#change((revision) => {
      const personId = this.#ids().get(name);
      if (personId === undefined) return undefined;
      const list = this.#list(personId);
      for (const { id, modelId } of list) this.#removeSample(personId, id, modelId);
      this.#removePerson(personId, name);
      this.#meta.putSync('scrub', revision);
      return { revision, personId, person: name, removed: list.length, left: 0 };
    });
  }

  removeSample(id: number): Promise<Removed | undefined> {
    return this.#change((revision) => {
      const record = this.#records.get(id);
      if (!record) return undefined;
      const personId = recordPerson(record);
      const person = this.#people.get(personId)!.toString();
      this.#removeSample(personId, id, recordModel(record));
      const left = this.#list(personId).length;
      if (left === 0) this.#removePerson(personId, person);
      this.#meta.putSync('scrub', revision);
      return { revision, personId, person, removed: 1, left };
    });
  }

  renamePerson(from: string, to: string, merge: boolean): Promise<Renamed | 'taken' | undefined> {
    return this.#change((revision) => {
      const ids = this.#ids();
      const formerId = ids.get(from);
      if (formerId === undefined) return undefined;
      const other = ids.get(to);
      if (other !== undefined && other !== formerId && !merge) return 'taken';
      const personId = other ?? formerId;
      if (personId === formerId) {
        this.#people.putSync(personId, Buffer.from(to));
        ids.delete(from);
        ids.set(to, personId);
      } else {
        for (const entry of this.#list(formerId)) this.#moveSample(entry.id, formerId, personId);
        this.#removePerson(formerId, from);
      }
      this.#meta.putSync('scrub', revision);
      return { revision, personId, formerId, samples: this.#list(personId).length };
    });
  }

  scrub(): Promise<void> {
    const done = this.#scrubbing.then(() => this.#scrubOnce());
    this.#scrubbing = done.catch(() => undefined);
    return done;
  }

  async close(): Promise<void> {
    await this.#scrubbing;
    await this.#root.close();
  }

  // ---- transactions

  /** Runs an action as one transaction; a change is counted, undefined or 'taken' means that there was none. */
  async #change<T extends Change | string | undefined>(action: (revision: number) => T): Promise<T> {
    try {
      await checkSpace(this.location, RESERVE_BYTES);
      return await this.#root.childTransaction(() => {
        const revision = this.#field('revision') + 1;
        const ids = this.#ids();
        const result = action(revision);
        if (typeof result === 'object') {
          this.#meta.putSync('revision', revision);
          this.#idsByName = { revision, ids };
        }
        return result;
      });
    } catch (error) {
      this.#idsByName = undefined;
      throw unavailable('changed', this.location, await causeOf(error));
    }
  }

  /**
   * Names share pages with other names, and a page in use keeps stale bytes between its entries until it is written
   * again; so all names are written again, and then the free pages filled.
   */
  async #scrubOnce(): Promise<void> {
    try {
      await checkSpace(this.location, RESERVE_BYTES);
      for await (const ids of batches(this.#people, NAMES_BATCH)) {
        await this.#root.transaction(() => {
          for (const id of ids) {
            const name = this.#people.get(id);
            if (name) this.#people.putSync(id, name);
          }
        });
      }
      const wanted = this.#field('scrub');
      // Also where there are no people: LMDB takes no page that its last transaction freed.
      await this.#meta.put('scrub', wanted);
      await fillFreePages(this.#root, this.#databases, this.#filler);
      await this.#root.transaction(() => {
        if (this.#field('scrub') === wanted) this.#meta.putSync('scrub', 0);
      });
    } catch (error) {
      throw unavailable('cleaned of what was removed', this.location, await causeOf(error));
    }
  }

  // ---- steps of a transaction

  #field(name: MetaField): number {
    return this.#meta.get(name) ?? 0;
  }

  #next(field: MetaField): number {
    const next = this.#field(field) + 1;
    this.#meta.putSync(field, next);
    return next;
  }

  #modelsById(): Map<number, string> {
    return new Map(this.#models.getRange().map(({ key, value }): [number, string] => [value.id, key]));
  }

  #ids(): Map<string, number> {
    const revision = this.#field('revision');
    if (this.#idsByName?.revision !== revision) {
      const entries = this.#people
        .getRange()
        .map(({ key, value }): [string, number] => [value.toString(), key]);
      this.#idsByName = { revision, ids: new Map(entries) };
    }
    return this.#idsByName.ids;
  }

  #list(personId: number): (ListEntry & { readonly id: number })[] {
    const entries = this.#lists.getRange({ start: [personId, 0], end: [personId + 1, 0] });
    return [...entries.map(({ key, value }) => ({ id: key[1], ...decodeListEntry(value) }))];
  }

  #addPerson(name: string): number {
    const personId = this.#next('lastPersonId');
    this.#people.putSync(personId, Buffer.from(name));
    this.#ids().set(name, personId);
    return personId;
  }

  #addSample(personId: number, sample: NewSample): number {
    const model = this.#models.get(sample.model) ?? {
      id: this.#next('lastModelId'),
      dimension: sample.embedding.length,
      samples: 0,
    };
    if (sample.embedding.length !== model.dimension)
      throw otherDimension(sample.model, model.dimension, sample.embedding.length);
    const id = this.#next('lastSampleId');
    this.#models.putSync(sample.model, { ...model, samples: model.samples + 1 });
    this.#lists.putSync([personId, id], encodeListEntry({ modelId: model.id, time: sample.time }));
    this.#records.putSync(id, encodeRecord(personId, model.id, sample, this.#pageSize));
    if (sample.thumbnail) this.#thumbnails.putSync(id, encodeThumbnail(sample.thumbnail, this.#pageSize));
    return id;
  }

  #moveSample(id: number, from: number, to: number): void {
    this.#lists.putSync([to, id], this.#lists.get([from, id])!);
    this.#lists.removeSync([from, id]);
    this.#records.putSync(id, withPerson(this.#records.get(id)!, to));
  }

  #removeSample(personId: number, id: number, modelId: number): void {
    this.#lists.removeSync([personId, id]);
    this.#records.removeSync(id);
    this.#thumbnails.removeSync(id);
    this.#forgetModelSample(modelId);
  }

  /** A model without samples is forgotten, so that one with another dimension may take its id. */
  #forgetModelSample(modelId: number): void {
    for (const { key, value } of this.#models.getRange()) {
      if (value.id !== modelId) continue;
      if (value.samples === 1) this.#models.removeSync(key);
      else this.#models.putSync(key, { ...value, samples: value.samples - 1 });
      return;
    }
  }

  #removePerson(personId: number, name: string): void {
    this.#people.removeSync(personId);
    this.#ids().delete(name);
  }
}

function summarise(
  person: string,
  list: readonly ListEntry[],
  models: ReadonlyMap<number, string>,
): PersonSummary {
  let firstTime = Infinity;
  let lastTime = -Infinity;
  for (const { time } of list) {
    firstTime = Math.min(firstTime, time);
    lastTime = Math.max(lastTime, time);
  }
  const used = new Set(list.map(({ modelId }) => models.get(modelId)!));
  return { person, samples: list.length, models: [...used].sort(), firstTime, lastTime };
}

/** LMDB reports a failed commit as an error with a promise of the reason. */
async function causeOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !('commitError' in error)) return error;
  try {
    await error.commitError;
    return error;
  } catch (reason) {
    return reason;
  }
}

function unavailable(what: string, location: string, error: unknown): ArcFlowError {
  if (error instanceof ArcFlowError) return error;
  return new ArcFlowError(
    'STORE_UNAVAILABLE',
    `The gallery in ${location} cannot be ${what}: ${messageOf(error)}`,
    'no gallery',
    { cause: error },
  );
}
