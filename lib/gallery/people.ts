/**
 * What a gallery does with its people, on a store and a search, whichever they are. It lives in the gallery's thread:
 * its public methods are what the thread can be asked for, one at a time.
 */
import { ArcFlowError } from '../core/errors';
import { invalid } from '../core/validate';
import { cosine } from '../core/vector';
import { fromDocument, toDocument } from './person-document';
import type { PersonDocument } from './person-document';
import { otherDimension } from './sample';
import type { ModelSummary, NewSample, PersonSummary, Sample } from './sample';
import { findSamePicture } from './same-picture';
import type { Search } from './search/search';
import type { Store, StoredPerson } from './store';

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

/** An answer, and the changes that were made or met on the way to it. */
export interface Told<T> {
  readonly answer: T;
  readonly changes: readonly GalleryChange[];
}

export interface Nearest {
  /** How many samples each probe was compared with. */
  readonly samples: number;
  /** For each probe the nearest people, best first, by the best of their samples. */
  readonly people: readonly (readonly { readonly person: string; readonly similarity: number }[])[];
}

/** Where the people are kept, and what finds them. */
export interface Parts {
  readonly store: Store;
  readonly search: Search;
}

export class People {
  #parts: Parts | undefined;

  /** @param openParts is called when they are first needed, and again where it failed */
  constructor(private readonly openParts: () => Parts) {}

  private get store(): Store {
    return this.#opened().store;
  }

  private get search(): Search {
    return this.#opened().search;
  }

  /** @throws ArcFlowError STORE_UNAVAILABLE; so does every other method, where this was not called before. */
  open(): void {
    this.#opened();
  }

  async close(): Promise<void> {
    await this.#parts?.store.close();
  }

  /**
   * @param unlessLike when a face is at least so similar to somebody else's, and not more so to the person's own, it is
   *   not enrolled
   * @throws ArcFlowError FACE_KNOWN, MODEL_MISMATCH or STORE_UNAVAILABLE.
   */
  async enrol(name: string, sample: NewSample, unlessLike?: number): Promise<Told<Enrolment>> {
    const { sampleIds, duplicates, samples } = await this.#add(name, [sample], unlessLike);
    const duplicate = duplicates[0];
    const answer: Enrolment = {
      person: name,
      sampleId: duplicate ?? sampleIds[0]!,
      samples,
      duplicate: duplicate !== undefined,
    };
    return this.#told(answer, duplicate === undefined ? [{ type: 'enrolled', person: name, samples }] : []);
  }

  /** @throws ArcFlowError MODEL_MISMATCH or STORE_UNAVAILABLE. */
  async nearest(probes: readonly Float32Array[], model: string, k: number): Promise<Told<Nearest>> {
    for (;;) {
      const { samples, nearest } = await this.search.nearest(model, probes, k);
      const ids = new Set(nearest.flatMap((people) => people.map(({ personId }) => personId)));
      const names = await this.store.names([...ids]);
      // Somebody whom another process removed between the search and here takes the search again.
      if (names.size !== ids.size) continue;
      const people = nearest.map((found) =>
        found.map(({ personId, similarity }) => ({ person: names.get(personId)!, similarity })),
      );
      return this.#told({ samples, people });
    }
  }

  /** @throws ArcFlowError PERSON_UNKNOWN, MODEL_MISMATCH or STORE_UNAVAILABLE. */
  async verify(
    probe: Float32Array,
    name: string,
    model: string,
    threshold: number,
  ): Promise<Told<Verification>> {
    const { personId } = await this.#find(name);
    const samples = await this.store.embeddings(personId, model);
    if (samples.size === 0) throw noSampleOf(name, model);
    let similarity = -1;
    for (const embedding of samples.values()) {
      if (embedding.length !== probe.length) throw otherDimension(model, embedding.length, probe.length);
      similarity = Math.max(similarity, cosine(probe, embedding));
    }
    return this.#told({
      same: similarity >= threshold,
      person: name,
      similarity,
      threshold,
      samples: samples.size,
    });
  }

  /** @throws ArcFlowError PERSON_UNKNOWN or STORE_UNAVAILABLE. */
  async remove(name: string): Promise<Told<Removal>> {
    const removed = await this.store.removePerson(name);
    if (!removed) throw unknownPerson(name);
    this.search.changed({ type: 'removedPerson', ...removed });
    const answer: Removal = { person: name, removed: removed.removed, left: 0 };
    return this.#told(answer, [{ type: 'removed', person: name, samples: 0 }]);
  }

  /** @throws ArcFlowError INVALID_ARGUMENT when no sample has that id, or STORE_UNAVAILABLE. */
  async removeSample(id: number): Promise<Told<Removal>> {
    const removed = await this.store.removeSample(id);
    if (!removed) throw invalid('the id of a sample in the gallery', 'sampleId', id);
    const { person, left, revision } = removed;
    this.search.changed({ type: 'removedSample', revision, sampleId: id });
    return this.#told({ person, removed: 1, left }, [{ type: 'removed', person, samples: left }]);
  }

  /** @throws ArcFlowError PERSON_UNKNOWN, INVALID_ARGUMENT or STORE_UNAVAILABLE. */
  async rename(from: string, to: string, merge: boolean): Promise<Told<Renaming>> {
    const renamed = await this.store.renamePerson(from, to, merge);
    if (!renamed) throw unknownPerson(from);
    if (renamed === 'taken') throw nameTaken(from, to);
    const { personId, formerId, samples, revision } = renamed;
    this.search.changed({ type: 'reassigned', revision, from: formerId, to: personId });
    const answer: Renaming = { person: to, samples, merged: formerId !== personId };
    return this.#told(answer, [{ type: 'renamed', from, person: to, samples }]);
  }

  async list(): Promise<Told<PersonSummary[]>> {
    const people = await this.store.people();
    return this.#told(people.sort((a, b) => a.person.localeCompare(b.person)));
  }

  async models(): Promise<Told<ModelSummary[]>> {
    return this.#told(await this.store.models());
  }

  /** @throws ArcFlowError PERSON_UNKNOWN or STORE_UNAVAILABLE. */
  async samples(name: string): Promise<Told<Sample[]>> {
    const { personId } = await this.#find(name);
    const samples = await this.store.samples(personId);
    return this.#told(samples.map((sample) => ({ ...sample, person: name })));
  }

  /** @throws ArcFlowError PERSON_UNKNOWN or STORE_UNAVAILABLE. */
  async export(name: string): Promise<Told<PersonDocument>> {
    const { answer } = await this.samples(name);
    return this.#told(toDocument(name, answer));
  }

  /**
   * @param document as toDocument makes it, or the JSON text of it
   * @param what an error calls it
   * @throws ArcFlowError INVALID_ARGUMENT that names what is wrong in it, MODEL_MISMATCH or STORE_UNAVAILABLE.
   */
  async import(document: unknown, what: string): Promise<Told<Import>> {
    const { person, samples: sent } = fromDocument(document, what);
    const { sampleIds, samples } = await this.#add(person, sent);
    const added = sampleIds.length;
    return this.#told({ person, added, samples }, added > 0 ? [{ type: 'enrolled', person, samples }] : []);
  }

  #opened(): Parts {
    return (this.#parts ??= this.openParts());
  }

  #told<T>(answer: T, changes: readonly GalleryChange[] = []): Told<T> {
    return { answer, changes: this.search.tookOver() ? [{ type: 'reloaded' }, ...changes] : changes };
  }

  async #find(name: string): Promise<StoredPerson> {
    const person = await this.store.find(name);
    if (!person) throw unknownPerson(name);
    return person;
  }

  /** Adds those of the samples whose pictures the person does not have yet, nor come twice. */
  async #add(
    name: string,
    samples: readonly NewSample[],
    unlessLike?: number,
  ): Promise<{ sampleIds: readonly number[]; duplicates: readonly number[]; samples: number }> {
    const person = await this.store.find(name);
    const added = new Set<NewSample>();
    const duplicates: number[] = [];
    for (const [model, ofModel] of byModel(samples)) {
      const there = person
        ? await this.store.embeddings(person.personId, model)
        : new Map<number, Float32Array>();
      const known = [...there.values()];
      const ids = [...there.keys()];
      for (const sample of ofModel) {
        const same = findSamePicture(sample.embedding, known);
        if (same < 0) {
          added.add(sample);
          known.push(sample.embedding);
        } else if (same < ids.length) {
          duplicates.push(ids[same]!);
        }
      }
    }
    const fresh = samples.filter((sample) => added.has(sample));
    if (person && fresh.length === 0) return { sampleIds: [], duplicates, samples: person.samples };
    if (unlessLike !== undefined)
      for (const sample of fresh) await this.#assertNobodyElse(name, sample, unlessLike);
    const { revision, personId, sampleIds, samples: total } = await this.store.addSamples(name, fresh);
    const changed = fresh.map(({ model, embedding }, i) => ({ id: sampleIds[i]!, model, embedding }));
    this.search.changed({ type: 'added', revision, personId, samples: changed });
    return { sampleIds, duplicates, samples: total };
  }

  /** @throws ArcFlowError FACE_KNOWN */
  async #assertNobodyElse(name: string, { model, embedding }: NewSample, limit: number): Promise<void> {
    const { answer } = await this.nearest([embedding], model, 2);
    const [nearest] = answer.people[0]!;
    // Somebody who looks even more like the person's own samples is no mistake: a twin.
    if (nearest && nearest.person !== name && nearest.similarity >= limit)
      throw knownFace(name, nearest.person, nearest.similarity);
  }
}

function byModel(samples: readonly NewSample[]): Map<string, NewSample[]> {
  const groups = new Map<string, NewSample[]>();
  for (const sample of samples) {
    const group = groups.get(sample.model);
    if (group) group.push(sample);
    else groups.set(sample.model, [sample]);
  }
  return groups;
}

function knownFace(name: string, other: string, similarity: number): ArcFlowError {
  return new ArcFlowError(
    'FACE_KNOWN',
    `Not enrolled as "${name}": this looks like "${other}", ${similarity.toFixed(2)}; ` +
      'set msg.confirm to true to enrol it all the same',
    `looks like ${other}`.slice(0, LONGEST_STATUS),
  );
}

const LONGEST_STATUS = 20;

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
