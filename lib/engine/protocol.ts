/** What an engine is made with. */
import type { ProviderChoice } from '../inference/provider-names';

/** What the worker needs to know. */
export interface ThreadOptions {
  readonly provider: ProviderChoice;
  /** Threads for one network. */
  readonly threads: number;
  /** A manifest of the user's own models beside the shipped one. */
  readonly manifest?: string;
}

export interface EngineOptions extends ThreadOptions {
  /** Threads for one network; 0 takes as many as the machine has cores, at most 4. */
  readonly threads: number;
  /** Seconds after which a request that has not come back fails. */
  readonly timeLimit?: number;
}
