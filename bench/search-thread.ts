/** An index in a thread of its own, as a gallery has it, but filled with made-up rows instead of from a store. */
import { VectorIndex } from '../lib/gallery/search/vector-index';
import type { Rows } from '../lib/gallery/search/vector-index';
import type { PersonSimilarity } from '../lib/gallery/search/top-people';
import { serve } from '../lib/worker/serve';

export class SearchThread {
  #index: VectorIndex | undefined;

  add(dimension: number, rows: Rows): void {
    this.#index ??= new VectorIndex(dimension);
    this.#index.add(rows);
  }

  search(probes: readonly Float32Array[], k: number): (readonly PersonSimilarity[])[] {
    return this.#index?.search(probes, k) ?? [];
  }
}

serve(new SearchThread());
