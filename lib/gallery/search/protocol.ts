/** What the gallery's thread and the search thread say to each other. */
import type { PersonSimilarity } from './top-people';
import type { Rows } from './vector-index';

/** Requests are carried out in the order in which they were sent. */
export type Request =
  | { readonly type: 'add'; readonly model: string; readonly dimension: number; readonly rows: Rows }
  | { readonly type: 'removeSample'; readonly sampleId: number }
  | { readonly type: 'removePerson'; readonly personId: number }
  | { readonly type: 'reassign'; readonly from: number; readonly to: number }
  | { readonly type: 'clear'; readonly model: string }
  | {
      readonly type: 'search';
      readonly model: string;
      readonly probes: readonly Float32Array[];
      /** How many people for each probe. */
      readonly k: number;
    };

export interface Found {
  /** How many samples each probe was compared with. */
  readonly samples: number;
  /** For each probe the nearest people, best first. */
  readonly nearest: readonly (readonly PersonSimilarity[])[];
}

/** The length of the model's embeddings, where the probes have another. */
export interface OtherDimension {
  readonly dimension: number;
}

/** null for requests other than a search. */
export type Answer = Found | OtherDimension | null;

export interface Envelope {
  readonly id: number;
  readonly request: Request;
}

export interface Reply {
  readonly id: number;
  readonly answer: Answer;
}
