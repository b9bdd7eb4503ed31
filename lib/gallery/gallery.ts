/**
 * People and who they are: enrols, matches, verifies, corrects and forgets. What is asked for is checked here and done
 * in the gallery's thread (people.ts), one after the other: a match that starts after a change was acknowledged sees
 * it, and so does the next match of every other process.
 */
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { ArcFlowError } from '../core/errors';
import type { Match } from '../core/face';
import { numberIn } from '../core/validate';
import { clampCosine } from '../core/vector';
import { WorkerClient } from '../worker/client';
import type { Arguments, Result } from '../worker/protocol';
import type {
  Enrolment,
  GalleryChange,
  Import,
  Nearest,
  People,
  Removal,
  Renaming,
  Told,
  Verification,
} from './people';
import type { PersonDocument } from './person-document';
import { checkedSource, checkedThumbnail, modelId, personName, unitEmbedding } from './sample';
import type { ModelSummary, NewSample, PersonSummary, Sample } from './sample';
import type { ThreadOptions } from './thread';

export type { Enrolment, GalleryChange, Import, Removal, Renaming, Verification } from './people';

/** An import of many samples, or a large gallery that is loaded, takes a slow machine the better part of it. */
const LIMIT_MS = 120_000;
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

export interface EnrolOptions {
  /**
   * Refuses a face that is at least so similar to somebody else's, and not more so to the person's own: -1..1. Without
   * it a face may be enrolled under any name.
   */
  readonly unlessLike?: number;
}

/** The operations of the thread that answer with something. */
type Operation = Exclude<keyof People, 'open' | 'close'>;
type AnswerOf<N extends Operation> = Result<People, N> extends { readonly answer: infer A } ? A : never;

export class Gallery extends EventEmitter<{ change: [GalleryChange] }> {
  readonly #thread: WorkerClient<People>;
  #closed: Promise<void> | undefined;

  private constructor(directory: string) {
    super();
    const options: ThreadOptions = { directory, opened: new Int32Array(new SharedArrayBuffer(4)) };
    this.#thread = new WorkerClient({
      title: 'gallery',
      file: join(__dirname, 'thread'),
      options,
      limitMs: LIMIT_MS,
    });
    this.setMaxListeners(0); // one for each node of a flow
  }

  /**
   * Opens the gallery in a directory, which is made when it is missing.
   * @throws ArcFlowError STORE_UNAVAILABLE that names the directory and the reason.
   */
  static async open(directory: string): Promise<Gallery> {
    const gallery = new Gallery(directory);
    try {
      await gallery.#thread.call('open', []);
      return gallery;
    } catch (error) {
      await gallery.close();
      throw error;
    }
  }

  /**
   * Adds a sample to a person, who need not exist before. It is on the disk when this resolves.
   * @throws ArcFlowError INVALID_ARGUMENT, FACE_KNOWN, MODEL_MISMATCH or STORE_UNAVAILABLE.
   */
  async enrol(person: string, sample: NewSample, { unlessLike }: EnrolOptions = {}): Promise<Enrolment> {
    const limit = unlessLike === undefined ? undefined : similarity(unlessLike, 'unlessLike');
    return this.#ask('enrol', [personName(person), checkedSample(sample), limit]);
  }

  /**
   * Who each probe is most like. Several probes cost little more than one.
   * @example
   * const [match] = await gallery.match([face.embedding], face.embeddingModel, { threshold: 0.34, topK: 3 });
   * if (match?.known) console.log(match.person, match.similarity);
   * @param probes unit embeddings, all of this model
   * @returns one match for each probe, in their order
   * @throws ArcFlowError INVALID_ARGUMENT, MODEL_MISMATCH, STORE_UNAVAILABLE, or ENGINE_CRASHED, after which the next
   *   match works.
   */
  async match(probes: readonly Float32Array[], model: string, options: MatchOptions): Promise<Match[]> {
    this.#assertOpen();
    const { threshold } = options;
    if (typeof threshold === 'number') similarity(threshold, 'threshold');
    const topK = numberIn(options.topK, 'topK', { min: 0, max: MOST_CANDIDATES, integer: true });
    modelId(model);
    // A probe may be a view of something larger, all of which would be copied to the thread.
    const copies = probes.map((probe, i) => unitEmbedding(probe, `probes[${i}]`).slice());
    if (copies.length === 0) return [];
    const { samples, people } = await this.#ask('nearest', [copies, model, Math.max(1, topK)]);
    const least = typeof threshold === 'number' ? threshold : similarity(threshold(samples), 'threshold');
    return people.map((candidates) => matchOf(candidates, least, topK));
  }

  /**
   * Whether a face is a certain person's: 1:1, against that person's samples only.
   * @throws ArcFlowError PERSON_UNKNOWN, MODEL_MISMATCH, INVALID_ARGUMENT or STORE_UNAVAILABLE.
   */
  async verify(probe: Float32Array, person: string, model: string, threshold: number): Promise<Verification> {
    this.#assertOpen();
    const name = personName(person);
    const copy = unitEmbedding(probe, 'probe').slice();
    similarity(threshold, 'threshold');
    return this.#ask('verify', [copy, name, modelId(model), threshold]);
  }

  /**
   * Erases a person: all samples and thumbnails. Nothing of them is left in the store's files when this resolves.
   * @throws ArcFlowError PERSON_UNKNOWN, or STORE_UNAVAILABLE, also when the person is gone but not erased yet.
   */
  async remove(person: string): Promise<Removal> {
    return this.#ask('remove', [personName(person)]);
  }

  /**
   * Erases one sample, and the person with the last one.
   * @throws ArcFlowError INVALID_ARGUMENT when no sample has that id, or STORE_UNAVAILABLE.
   */
  async removeSample(id: number): Promise<Removal> {
    return this.#ask('removeSample', [numberIn(id, 'sampleId', { integer: true })]);
  }

  /**
   * Gives a person another name and erases the former one, also where a sample's source tells it. With `merge`
   * somebody who has the new name already gets the samples of both.
   * @throws ArcFlowError PERSON_UNKNOWN, STORE_UNAVAILABLE, or INVALID_ARGUMENT when the name is taken and merge is not
   *   asked for.
   */
  async rename(from: string, to: string, { merge = false } = {}): Promise<Renaming> {
    return this.#ask('rename', [personName(from, 'from'), personName(to, 'to'), merge]);
  }

  /** Everybody, by name. */
  list(): Promise<PersonSummary[]> {
    return this.#ask('list', []);
  }

  /** The models whose samples the gallery holds. */
  models(): Promise<ModelSummary[]> {
    return this.#ask('models', []);
  }

  /**
   * All samples of a person, in the order of their enrolment.
   * @throws ArcFlowError PERSON_UNKNOWN or STORE_UNAVAILABLE.
   */
  async samples(person: string): Promise<Sample[]> {
    const samples = await this.#ask('samples', [personName(person)]);
    return samples.map(asBuffer);
  }

  /**
   * All that the gallery knows of a person, as a JSON document.
   * @throws ArcFlowError PERSON_UNKNOWN or STORE_UNAVAILABLE.
   */
  async export(person: string): Promise<PersonDocument> {
    return this.#ask('export', [personName(person)]);
  }

  /**
   * Adds the person of such a document; samples that are there already are not added again.
   * @param document the document, or its JSON text
   * @param what an error calls it
   * @throws ArcFlowError INVALID_ARGUMENT that names what is wrong in it, MODEL_MISMATCH or STORE_UNAVAILABLE.
   */
  import(document: unknown, what = 'document'): Promise<Import> {
    return this.#ask('import', [document, what]);
  }

  /** Refuses what waits, lets what runs finish, and closes the store. */
  close(): Promise<void> {
    return (this.#closed ??= this.#thread.close().finally(() => this.removeAllListeners()));
  }

  #assertOpen(): void {
    if (this.#closed) throw new ArcFlowError('ENGINE_CLOSED', 'The gallery is closed', 'gallery closed');
  }

  async #ask<N extends Operation>(operation: N, args: Arguments<People, N>): Promise<AnswerOf<N>> {
    this.#assertOpen();
    const { answer, changes } = (await this.#thread.call(operation, args)) as Told<AnswerOf<N>>;
    for (const change of changes) this.emit('change', change);
    return answer;
  }
}

function matchOf(people: Nearest['people'][number], threshold: number, topK: number): Match {
  const candidates = people.map(({ person, similarity: found }) => ({
    person,
    similarity: clampCosine(found),
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

/** A copy of its own: what is sent to a thread takes along all of the memory that it is a view of. */
function checkedSample({ embedding, model, thumbnail, source, time }: NewSample): NewSample {
  return {
    embedding: unitEmbedding(embedding).slice(),
    model: modelId(model),
    ...(thumbnail && { thumbnail: new Uint8Array(checkedThumbnail(thumbnail)) }),
    source: checkedSource(source),
    time: numberIn(time, 'time'),
  };
}

/** A Buffer comes back from the thread as the plain array that it is. */
function asBuffer<T extends { readonly thumbnail?: Uint8Array }>(sample: T): T {
  const { thumbnail } = sample;
  if (!thumbnail) return sample;
  return { ...sample, thumbnail: Buffer.from(thumbnail.buffer, thumbnail.byteOffset, thumbnail.byteLength) };
}

function similarity(value: number, name: string): number {
  return numberIn(value, name, { min: -1, max: 1 });
}
