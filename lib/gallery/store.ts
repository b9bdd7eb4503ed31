/**
 * Where a gallery's people are kept. Each method is one transaction: it happens as a whole or not at all, and what a
 * writing method has acknowledged survives a killed process and a power cut. The gallery checks what it passes on
 * (names in their normal form, unit vectors); a store keeps it and answers for its own consistency.
 *
 * People are known by number in here, so that a name is stored once and a new name touches no sample.
 */
import type { Rows } from './search/vector-index';
import type { ModelSummary, NewSample, PersonSummary } from './sample';

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

export interface Store {
  /** What people call it in an error: a directory, a database's address without its password. */
  readonly location: string;

  /** Grows with every change, whoever makes it: two equal answers mean that nothing changed in between. */
  revision(): Promise<number>;
  models(): Promise<ModelSummary[]>;
  /** Everybody, in no particular order. */
  people(): Promise<PersonSummary[]>;
  find(name: string): Promise<StoredPerson | undefined>;
  /** Without those who are not there. */
  names(personIds: readonly number[]): Promise<ReadonlyMap<number, string>>;
  /** Oldest id first. */
  samples(personId: number): Promise<StoredSample[]>;
  /** The embeddings of one person for one model, by sample id. */
  embeddings(personId: number, model: string): Promise<ReadonlyMap<number, Float32Array>>;
  /** All samples of a model, some at a time, without stopping the main thread for longer than a few milliseconds. */
  rows(model: string): AsyncIterable<Rows>;

  /**
   * Adds samples to a person, who need not exist before.
   * @throws ArcFlowError MODEL_MISMATCH when the model's samples have another dimension.
   */
  addSamples(name: string, samples: readonly NewSample[]): Promise<Added>;
  /** Removes a person with all samples; undefined when there is none of that name. */
  removePerson(name: string): Promise<Removed | undefined>;
  /** Removes a sample, and the person with the last one; undefined when there is none with that id. */
  removeSample(id: number): Promise<Removed | undefined>;
  /**
   * Gives a person another name. Where somebody has it already the two become one, if merge says so.
   * @returns undefined when nobody is called `from`, 'taken' when somebody is called `to` and merge is false.
   */
  renamePerson(from: string, to: string, merge: boolean): Promise<Renamed | 'taken' | undefined>;

  /**
   * Erases what removed samples and people have left behind on the disk, as far as the store can reach. A store that
   * was closed before this was done does it when it is opened again.
   */
  scrub(): Promise<void>;

  /** Once the calls under way are done. */
  close(): Promise<void>;
}
