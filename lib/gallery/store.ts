/**
 * Where a gallery's people are kept. Each method is one transaction: it happens as a whole or not at all, and what a
 * writing method has acknowledged survives a killed process and a power cut. Who calls it checks what it passes on
 * (names in their normal form, unit vectors); a store keeps it and answers for its own consistency.
 *
 * What a removal or a renaming has acknowledged is erased: nothing of a removed person or sample, nor of a former name,
 * is left in what the store keeps. Where that cannot be done at once, the call fails after the change itself, and the
 * next change or opening makes up for it.
 *
 * People are known by number in here, so that a name is stored once and a new name touches no sample. A store may
 * answer at once or with a promise. test/lib/gallery/store-contract.ts is what every store must pass.
 */
import type { Rows } from './search/vector-index';
import type { ModelSummary, NewSample, PersonSummary } from './sample';

export type Awaitable<T> = T | Promise<T>;

export interface StoredSample extends NewSample {
  readonly id: number;
}

export interface StoredPerson {
  readonly personId: number;
  readonly samples: number;
}

/** What every writing method tells. */
export interface Change {
  /** The store's revision with this change in it. */
  readonly revision: number;
  readonly personId: number;
}

export interface Added extends Change {
  /** In the order of the samples that were added. */
  readonly sampleIds: readonly number[];
  /** Samples that the person has now. */
  readonly samples: number;
}

export interface Removed extends Change {
  readonly person: string;
  /** Samples that were removed, and samples that the person has left. */
  readonly removed: number;
  readonly left: number;
}

export interface Renamed extends Change {
  /** Whose samples these were: another than personId where two people became one. */
  readonly formerId: number;
  /** Samples that the person has now. */
  readonly samples: number;
}

/** Methods throw ArcFlowError STORE_UNAVAILABLE, which says why, where the store cannot be reached or is damaged. */
export interface Store {
  /** What people call it in an error: a directory, a database's address without its password. */
  readonly location: string;

  /** Grows with every change, whoever makes it: two equal answers mean that nothing changed in between. */
  revision(): Awaitable<number>;
  models(): Awaitable<ModelSummary[]>;
  /** Everybody, in no particular order. */
  people(): Awaitable<PersonSummary[]>;
  find(name: string): Awaitable<StoredPerson | undefined>;
  /** Without those who are not there. */
  names(personIds: readonly number[]): Awaitable<ReadonlyMap<number, string>>;
  /** Oldest id first. */
  samples(personId: number): Awaitable<StoredSample[]>;
  /** The embeddings of one person for one model, by sample id. */
  embeddings(personId: number, model: string): Awaitable<ReadonlyMap<number, Float32Array>>;
  /** All samples of a model as they are at one moment, some at a time; none is missing. */
  rows(model: string): Iterable<Rows> | AsyncIterable<Rows>;

  /**
   * Adds samples to a person, who need not exist before.
   * @throws ArcFlowError MODEL_MISMATCH when the model's samples have another dimension.
   */
  addSamples(name: string, samples: readonly NewSample[]): Awaitable<Added>;
  /** Erases a person with all samples; undefined when there is none of that name. */
  removePerson(name: string): Awaitable<Removed | undefined>;
  /** Erases a sample, and the person with the last one; undefined when there is none with that id. */
  removeSample(id: number): Awaitable<Removed | undefined>;
  /**
   * Gives a person another name and erases the former one, also from the sources of the samples. Where somebody has the
   * new name already the two become one, if merge says so.
   * @returns undefined when nobody is called `from`, 'taken' when somebody is called `to` and merge is false.
   */
  renamePerson(from: string, to: string, merge: boolean): Awaitable<Renamed | 'taken' | undefined>;

  close(): Awaitable<void>;
}
