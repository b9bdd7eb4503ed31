/**
 * People and who they are: enrols, matches, verifies, corrects and forgets. The store is the truth; the search engine
 * holds the embeddings of those models that are matched against, and follows every change.
 *
 * Changes happen one after the other. A match that starts after a change was acknowledged sees it, whichever handle
 * of this process it came through; a change by another process is seen by the next match, which loads the index again.
 */
import { EventEmitter } from 'node:events';
import { ArcFlowError } from '../errors';
import type { Match } from '../face';
import { invalid, numberIn } from '../validate';
import { fromDocument, toDocument } from './person-document';
import type { PersonDocument } from './person-document';
import { clampCosine, cosine, modelId, otherDimension, personName, unitEmbedding } from './sample';
import type { ModelSummary, NewSample, PersonSummary, Sample } from './sample';
import type { Found } from './search/protocol';
import { SearchEngine } from './search/search-engine';
import type { Change, Store, StoredPerson } from './store';

/** Two embeddings this alike come from the same picture. */
const SAME_PICTURE = 0.999;
const MOST_CANDIDATES = 1000;

export interface MatchOptions {
  /**
   * Least cosine similarity at which somebody is taken for known, -1..1; or what that is when the probes are compared with
   * so many samples.
   */
  readonly threshold: number | ((samples: number) => number);
  /** How many candidates each match lists, 0 to 1,000. */
  readonly topK: number;
}

export interface Enrolment {
  readonly person: string;
  /** The new sample, or the one that was there before. */
  readonly sampleId: number;
  /** Samples that the person has now. */
  readonly samples: number;
  /** The person has a sample of this very picture, so that none was added. */
  readonly duplicate: boolean;
}

export interface Verification {
  readonly same: boolean;
  /** Whom the face was compared with. */
  readonly person: string;
  /** Cosine similarity of the person's best sample, -1..1. */
  readonly similarity: number;
  readonly threshold: number;
  /** How many samples were compared. */
  readonly samples: number;
}

export interface Removal {
  readonly person: string;
  /** Samples that were erased, and samples that the person has left. */
  readonly removed: number;
  readonly left: number;
}

export interface Renaming {
  readonly person: string;
  readonly samples: number;
  /** Two people became one. */
  readonly merged: boolean;
}

export interface Import {
  readonly person: string;
  /** Samples that were added; the others were there before. */
  readonly added: number;
  readonly samples: number;
}

export type GalleryChange =
  | { readonly type: 'enrolled' | 'removed'; readonly person: string; readonly samples: number }
  | { readonly type: 'renamed'; readonly from: string; readonly person: string; readonly samples: number }
  /** Another process changed the store; this tells neither what nor how much. */
  | { readonly type: 'reloaded' };

export class Gallery extends EventEmitter<{ change: [GalleryChange] }> {
  readonly #store: Store;
  /** Models whose samples are all in the search engine. */
  readonly #loaded = new Set<string>();
  readonly #engine = new SearchEngine(() => this.#loaded.clear());
  /** The store's revision that the search engine has followed to; none before it is used. */
  #revision: number | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** The store belongs to the gallery from now on, and is closed with it. */
  constructor(store: Store) {
    super();
    this.#store = store;
    this.setMaxListeners(0); // one for each node of a flow
  }

  /**
   * Adds a sample to a person, who need not exist before. It is on the disk when this resolves.
   * @throws ArcFlowError INVALID_ARGUMENT, MODEL_MISMATCH or STORE_UNAVAILABLE.
   */
  enrol(person: string, sample: NewSample): Promise<Enrolment> {
    return this.#inTurn(async () => {
      const name = personName(person);
      const checked = checkedSample(sample);
      const { sampleIds, duplicates, samples } = await this.#add(name, [checked]);
      return {
        person: name,
        sampleId: sampleIds[0] ?? duplicates[0]!,
        samples,
        duplicate: duplicates.length > 0,
      };
    });
  }

  /**
   * Who each probe is most like. Several probes cost little more than one.
   * @param probes unit embeddings, all of this model
   * @returns one match for each probe, in their order
   * @throws ArcFlowError INVALID_ARGUMENT, MODEL_MISMATCH, or ENGINE_CRASHED, after which the next match works.
   */
  async match(probes: readonly Float32Array[], model: string, options: MatchOptions): Promise<Match[]> {
    this.#assertOpen();
    const { threshold } = options;
    if (typeof threshold === 'number') similarityThreshold(threshold);
    const topK = numberIn(options.topK, 'topK', { min: 0, max: MOST_CANDIDATES, integer: true });
    modelId(model);
    probes.forEach((probe, i) => unitEmbedding(probe, `probes[${i}]`));
    if (probes.length === 0) return [];
    for (;;) {
      await this.#follow(model);
      const found = await this.#engine.search(model, probes, Math.max(1, topK));
      const names = await this.#namesOf(found);
      // Somebody who was removed between the search and here takes the search again.
      if (!names) continue;
      const least = typeof threshold === 'number' ? threshold : similarityThreshold(threshold(found.samples));
      return found.nearest.map((people) => matchOf(people, names, least, topK));
    }
  }

  /**
   * Whether a face is a certain person's: 1:1, against that person's samples only.
   * @throws ArcFlowError PERSON_UNKNOWN, MODEL_MISMATCH or INVALID_ARGUMENT.
   */
  async verify(probe: Float32Array, person: string, model: string, threshold: number): Promise<Verification> {
    this.#assertOpen();
    const name = personName(person);
    unitEmbedding(probe, 'probe');
    similarityThreshold(threshold);
    const { personId } = await this.#find(name);
    const samples = await this.#store.embeddings(personId, modelId(model));
    if (samples.size === 0) throw noSampleOf(name, model);
    let similarity = -1;
    for (const embedding of samples.values()) {
      if (embedding.length !== probe.length) throw otherDimension(model, embedding.length, probe.length);
      similarity = Math.max(similarity, cosine(probe, embedding));
    }
    return { same: similarity >= threshold, person: name, similarity, threshold, samples: samples.size };
  }

  /**
   * Erases a person: all samples and thumbnails, also from what the store's file keeps of deleted data.
   * @throws ArcFlowError PERSON_UNKNOWN.
   */
  async remove(person: string): Promise<Removal> {
    const removal = await this.#inTurn(async (): Promise<Removal> => {
      const name = personName(person);
      const removed = await this.#store.removePerson(name);
      if (!removed) throw unknownPerson(name);
      this.#changed(removed, { type: 'removed', person: name, samples: 0 }, () => {
        this.#tell({ type: 'removePerson', personId: removed.personId });
      });
      return { person: name, removed: removed.removed, left: 0 };
    });
    await this.#store.scrub();
    return removal;
  }

  /**
   * Erases one sample, and the person with the last one.
   * @throws ArcFlowError INVALID_ARGUMENT when no sample has that id.
   */
  async removeSample(id: number): Promise<Removal> {
    const removal = await this.#inTurn(async (): Promise<Removal> => {
      const removed = await this.#store.removeSample(numberIn(id, 'sampleId', { integer: true }));
      if (!removed) throw invalid('the id of a sample in the gallery', 'sampleId', id);
      const { person, left } = removed;
      this.#changed(removed, { type: 'removed', person, samples: left }, () => {
        this.#tell({ type: 'removeSample', sampleId: id });
      });
      return { person, removed: 1, left };
    });
    await this.#store.scrub();
    return removal;
  }

  /**
   * Gives a person another name and erases the former one, also from what the store's file keeps of it. With `merge`
   * somebody who has the new name already gets the samples of both.
   * @throws ArcFlowError PERSON_UNKNOWN, or INVALID_ARGUMENT when the name is taken and merge is not asked for.
   */
  async rename(from: string, to: string, { merge = false } = {}): Promise<Renaming> {
    const renaming = await this.#inTurn(async (): Promise<Renaming> => {
      const former = personName(from, 'from');
      const name = personName(to, 'to');
      const renamed = await this.#store.renamePerson(former, name, merge);
      if (!renamed) throw unknownPerson(former);
      if (renamed === 'taken') throw nameTaken(former, name);
      const { personId, formerId, samples } = renamed;
      this.#changed(renamed, { type: 'renamed', from: former, person: name, samples }, () => {
        if (formerId !== personId) this.#tell({ type: 'reassign', from: formerId, to: personId });
      });
      return { person: name, samples, merged: formerId !== personId };
    });
    await this.#store.scrub();
    return renaming;
  }

  /** Everybody, by name. */
  list(): Promise<PersonSummary[]> {
    return this.#inTurn(async () => {
      const people = await this.#store.people();
      return people.sort((a, b) => a.person.localeCompare(b.person));
    });
  }

  /** The models whose samples the gallery holds. */
  async models(): Promise<ModelSummary[]> {
    this.#assertOpen();
    return this.#store.models();
  }

  /**
   * All samples of a person, in the order of their enrolment.
   * @throws ArcFlowError PERSON_UNKNOWN.
   */
  async samples(person: string): Promise<Sample[]> {
    this.#assertOpen();
    const name = personName(person);
    const { personId } = await this.#find(name);
    const samples = await this.#store.samples(personId);
    return samples.map((sample) => ({ ...sample, person: name }));
  }

  /**
   * All that the gallery knows of a person, as a JSON document.
   * @throws ArcFlowError PERSON_UNKNOWN.
   */
  async export(person: string): Promise<PersonDocument> {
    const name = personName(person);
    return toDocument(name, await this.samples(name));
  }

  /**
   * Adds the person of such a document; samples that are there already are not added again.
   * @throws ArcFlowError INVALID_ARGUMENT that names what is wrong in it, or MODEL_MISMATCH.
   */
  import(document: unknown): Promise<Import> {
    return this.#inTurn(async () => {
      const { person, samples } = fromDocument(document);
      const added = await this.#add(person, samples);
      return { person, added: added.sampleIds.length, samples: added.samples };
    });
  }

  /** Ends the search and closes the store, once a change under way is done. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#engine.close();
    await this.#turn;
    await this.#store.close();
    this.removeAllListeners();
  }

  #assertOpen(): void {
    if (this.#closed) throw new ArcFlowError('ENGINE_CLOSED', 'The gallery is closed', 'closed');
  }

  /** Runs an action after those before it, whether they succeed or not. */
  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(() => {
      this.#assertOpen();
      return action();
    });
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #find(name: string): Promise<StoredPerson> {
    const person = await this.#store.find(name);
    if (!person) throw unknownPerson(name);
    return person;
  }

  /** Adds those of the samples whose pictures the person does not have yet. */
  async #add(
    name: string,
    samples: readonly NewSample[],
  ): Promise<{ sampleIds: readonly number[]; duplicates: number[]; samples: number }> {
    const person = await this.#store.find(name);
    const fresh: NewSample[] = [];
    const duplicates: number[] = [];
    for (const sample of samples) {
      const there =
        person && samePicture(sample, await this.#store.embeddings(person.personId, sample.model));
      if (there === undefined) fresh.push(sample);
      else duplicates.push(there);
    }
    if (person && fresh.length === 0) return { sampleIds: [], duplicates, samples: person.samples };
    const added = await this.#store.addSamples(name, fresh);
    this.#changed(added, { type: 'enrolled', person: name, samples: added.samples }, () => {
      fresh.forEach((sample, i) => this.#index(added.sampleIds[i]!, added.personId, sample));
    });
    return { sampleIds: added.sampleIds, duplicates, samples: added.samples };
  }

  // ---- the index

  /** Brings the search engine up to the store, for one model. */
  async #follow(model: string): Promise<void> {
    if (this.#loaded.has(model) && (await this.#store.revision()) === this.#revision) return;
    await this.#inTurn(async () => {
      const revision = await this.#store.revision();
      if (revision !== this.#revision) await this.#forgetIndex(revision);
      if (!this.#loaded.has(model)) await this.#load(model);
    });
  }

  async #forgetIndex(revision: number): Promise<void> {
    const before = this.#revision;
    this.#revision = revision;
    const stale = [...this.#loaded];
    this.#loaded.clear();
    for (const model of stale) await this.#engine.tell({ type: 'clear', model });
    if (before !== undefined) this.emit('change', { type: 'reloaded' });
  }

  async #load(model: string): Promise<void> {
    await this.#engine.tell({ type: 'clear', model }); // what an attempt that failed may have left
    for await (const rows of this.#store.rows(model)) {
      if (rows.sampleIds.length === 0) continue;
      await this.#engine.add(model, rows.embeddings.length / rows.sampleIds.length, rows);
    }
    this.#loaded.add(model);
  }

  /** After a change of the store: takes it over into the index, then tells everybody. */
  #changed(change: Change, event: GalleryChange, apply: () => void): void {
    // Where another process has changed the store in between, the next match loads the index again.
    if (change.revision - 1 === this.#revision) {
      this.#revision = change.revision;
      apply();
    }
    this.emit('change', event);
  }

  #index(sampleId: number, personId: number, { model, embedding }: NewSample): void {
    if (!this.#loaded.has(model)) return;
    const rows = {
      sampleIds: Uint32Array.of(sampleId),
      personIds: Uint32Array.of(personId),
      embeddings: embedding.slice(),
    };
    this.#engine.add(model, embedding.length, rows).catch(ignoreLoss);
  }

  #tell(request: Parameters<SearchEngine['tell']>[0]): void {
    if (this.#loaded.size > 0) this.#engine.tell(request).catch(ignoreLoss);
  }

  /** undefined when somebody among those found is no longer there. */
  async #namesOf({ nearest }: Found): Promise<ReadonlyMap<number, string> | undefined> {
    const ids = new Set(nearest.flatMap((people) => people.map(({ personId }) => personId)));
    const names = await this.#store.names([...ids]);
    return names.size === ids.size ? names : undefined;
  }
}

/** The change itself is in the store; when the search thread dies, the index is loaded from there. */
const ignoreLoss = (): void => undefined;

function matchOf(
  people: Found['nearest'][number],
  names: ReadonlyMap<number, string>,
  threshold: number,
  topK: number,
): Match {
  const candidates = people.map(({ personId, similarity }) => ({
    person: names.get(personId)!,
    similarity: clampCosine(similarity),
  }));
  const best = candidates[0];
  const known = best !== undefined && best.similarity >= threshold;
  return {
    person: known ? best.person : null,
    similarity: best?.similarity ?? 0,
    threshold,
    known,
    candidates: candidates.slice(0, topK),
  };
}

/** The id of a sample made from the same picture. */
function samePicture(
  { embedding }: NewSample,
  samples: ReadonlyMap<number, Float32Array>,
): number | undefined {
  for (const [id, sample] of samples) {
    if (sample.length === embedding.length && cosine(sample, embedding) > SAME_PICTURE) return id;
  }
  return undefined;
}

function checkedSample({ embedding, model, thumbnail, source, time }: NewSample): NewSample {
  if (typeof source !== 'string') throw invalid('a string', 'source', source);
  return {
    embedding: unitEmbedding(embedding),
    model: modelId(model),
    ...(thumbnail && { thumbnail }),
    source,
    time: numberIn(time, 'time'),
  };
}

function similarityThreshold(value: number): number {
  return numberIn(value, 'threshold', { min: -1, max: 1 });
}

function unknownPerson(name: string): ArcFlowError {
  return new ArcFlowError('PERSON_UNKNOWN', `Nobody called "${name}" is in the gallery`, 'unknown person');
}

function nameTaken(from: string, to: string): ArcFlowError {
  return new ArcFlowError(
    'INVALID_ARGUMENT',
    `"${from}" cannot be renamed to "${to}", who is in the gallery already; ask for a merge to make them one person`,
    'name taken',
  );
}

function noSampleOf(person: string, model: string): ArcFlowError {
  return new ArcFlowError(
    'MODEL_MISMATCH',
    `"${person}" has no sample that was embedded with model "${model}"; enrol the person with it`,
    'model mismatch',
  );
}
