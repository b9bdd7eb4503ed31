/** What a trial and a process that has a gallery open tell each other. */
import type { Gallery } from '../../../lib/gallery/gallery';
import type { NewSample, Sample } from '../../../lib/gallery/sample';

export type Change =
  | { readonly kind: 'enrol'; readonly person: string; readonly sample: NewSample }
  | { readonly kind: 'import'; readonly document: object }
  | { readonly kind: 'remove'; readonly person: string }
  | { readonly kind: 'removeSample'; readonly id: number }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string; readonly merge: boolean };

export type StoreCommand =
  /** Open the gallery of a directory and tell all that is in it. */
  | { readonly type: 'open'; readonly directory: string; readonly probes?: readonly Probe[] }
  | { readonly type: 'close' }
  /** Read without end, or until killed. */
  | { readonly type: 'read'; readonly directory: string; readonly probe: Probe }
  | { readonly type: 'change'; readonly id: number; readonly change: Change };

export interface Probe {
  readonly embedding: Float32Array;
  readonly model: string;
}

export interface PersonFound {
  readonly person: string;
  /** As the list of people says. */
  readonly count: number;
  readonly samples: readonly Sample[];
}

export interface Contents {
  readonly people: readonly PersonFound[];
  readonly models: Awaited<ReturnType<Gallery['models']>>;
  /** Whom each probe is most like. */
  readonly nearest: readonly (string | null)[];
}

export type StoreReport =
  | { readonly type: 'ready' }
  | { readonly type: 'opened'; readonly contents: Contents }
  | { readonly type: 'failed'; readonly reason: string; readonly code: string }
  | { readonly type: 'closed' }
  | { readonly type: 'reading' }
  | { readonly type: 'changed'; readonly id: number }
  | { readonly type: 'refused'; readonly id: number; readonly reason: string };
