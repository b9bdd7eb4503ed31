/** Finding the nearest people: in memory (index-search.ts), or in a database that can search by itself. */
import type { Awaitable } from '../store';
import type { PersonSimilarity } from './top-people';

export interface Found {
  /** How many samples each probe was compared with. */
  readonly samples: number;
  /** For each probe the nearest people, best first. */
  readonly nearest: readonly (readonly PersonSimilarity[])[];
}

/** What a change of the store did to the samples, and the revision that it made. */
export type SampleChange = { readonly revision: number } & (
  | {
      readonly type: 'added';
      readonly personId: number;
      readonly samples: readonly { id: number; model: string; embedding: Float32Array }[];
    }
  | { readonly type: 'removedSample'; readonly sampleId: number }
  | { readonly type: 'removedPerson'; readonly personId: number }
  | { readonly type: 'reassigned'; readonly from: number; readonly to: number }
);

export interface Search {
  /**
   * For each probe the k people of the store as it is now whose best sample of a model is most similar, best first.
   * @throws ArcFlowError MODEL_MISMATCH when the model's embeddings have another length than the probes.
   */
  nearest(model: string, probes: readonly Float32Array[], k: number): Awaitable<Found>;
  /** Takes a change over that was made through this process; others are found by the store's revision. */
  changed(change: SampleChange): void;
  /** Whether another process has changed the store since this was last asked. */
  tookOver(): boolean;
}
