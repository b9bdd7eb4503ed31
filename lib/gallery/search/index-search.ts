/**
 * Exact search in memory. The store is the truth: a model's index is filled from it when that model is first searched,
 * follows every change that is made here, and is filled again when another process has written to the store.
 */
import { otherDimension } from '../sample';
import type { Store } from '../store';
import type { Found, SampleChange, Search } from './search';
import { VectorIndex } from './vector-index';

export class IndexSearch implements Search {
  /** Of those models that were searched: every one of them holds all samples of its model. */
  readonly #indexes = new Map<string, VectorIndex | undefined>();
  /** The store's revision that the indexes have followed to; none before they are used. */
  #revision: number | undefined;
  #tookOver = false;

  constructor(private readonly store: Store) {}

  async nearest(model: string, probes: readonly Float32Array[], k: number): Promise<Found> {
    await this.#follow(model);
    const index = this.#indexes.get(model);
    if (!index || index.size === 0) return { samples: 0, nearest: probes.map(() => []) };
    const other = probes.find(({ length }) => length !== index.dimension);
    if (other) throw otherDimension(model, index.dimension, other.length);
    return { samples: index.size, nearest: index.search(probes, k) };
  }

  changed(change: SampleChange): void {
    // Where another process has changed the store in between, the next search fills the indexes again.
    if (change.revision - 1 !== this.#revision) return;
    this.#revision = change.revision;
    if (change.type === 'added') this.#add(change);
    for (const index of this.#indexes.values()) {
      if (change.type === 'removedSample') index?.removeSample(change.sampleId);
      if (change.type === 'removedPerson') index?.removePerson(change.personId);
      if (change.type === 'reassigned') index?.reassign(change.from, change.to);
    }
  }

  tookOver(): boolean {
    const tookOver = this.#tookOver;
    this.#tookOver = false;
    return tookOver;
  }

  async #follow(model: string): Promise<void> {
    const revision = await this.store.revision();
    if (revision !== this.#revision) {
      this.#tookOver ||= this.#revision !== undefined;
      this.#indexes.clear();
      this.#revision = revision;
    }
    if (!this.#indexes.has(model)) this.#indexes.set(model, await this.#filled(model));
  }

  async #filled(model: string): Promise<VectorIndex | undefined> {
    let index: VectorIndex | undefined;
    for await (const rows of this.store.rows(model)) {
      if (rows.sampleIds.length === 0) continue;
      index ??= new VectorIndex(rows.embeddings.length / rows.sampleIds.length);
      index.add(rows);
    }
    return index;
  }

  #add({ personId, samples }: Extract<SampleChange, { type: 'added' }>): void {
    for (const { id, model, embedding } of samples) {
      if (!this.#indexes.has(model)) continue;
      let index = this.#indexes.get(model);
      // One that has been emptied may be filled with embeddings of another length.
      if (index?.dimension !== embedding.length) index = new VectorIndex(embedding.length);
      this.#indexes.set(model, index);
      index.add({
        sampleIds: Uint32Array.of(id),
        personIds: Uint32Array.of(personId),
        embeddings: embedding,
      });
    }
  }
}
