/** The bench's end of the search thread. */
import { join } from 'node:path';
import type { PersonSimilarity } from '../lib/gallery/search/top-people';
import type { Rows } from '../lib/gallery/search/vector-index';
import { WorkerClient } from '../lib/worker/client';
import type { SearchThread } from './search-thread';

const LIMIT_MS = 120_000;

export class SearchEngine {
  readonly #thread = new WorkerClient<SearchThread>({
    title: 'search',
    file: join(__dirname, 'search-thread'),
    options: undefined,
    limitMs: LIMIT_MS,
  });

  /** The rows' arrays are handed over: they are empty afterwards. */
  add(dimension: number, rows: Rows): Promise<void> {
    const transfer = [rows.sampleIds, rows.personIds, rows.embeddings].map(
      ({ buffer }) => buffer as ArrayBuffer,
    );
    return this.#thread.call('add', [dimension, rows], { transfer });
  }

  search(probes: readonly Float32Array[], k: number): Promise<(readonly PersonSimilarity[])[]> {
    return this.#thread.call('search', [probes.map((probe) => probe.slice()), k]);
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
