/** What the bench found: printed as it is by --json. All times are milliseconds. */
import type { AnnotateTiming } from './annotate';
import type { DetectTiming } from './detect';
import type { EmbedTiming } from './embed';
import type { Machine } from './machine';
import type { MatchTiming } from './match';
import type { PeerResult } from './peers';
import type { Endurance, Memory, PipelineTiming } from './pipeline';
import type { PreluTiming } from './prelu';
import type { StepTiming } from './preprocess';

export interface BenchResult extends Endurance {
  /** memoryMb for every size. */
  readonly memoryBySize: readonly (Memory & { readonly size: string })[];
  readonly machine: Machine;
  readonly detect: readonly (DetectTiming & PipelineTiming)[];
  readonly embed: readonly EmbedTiming[];
  readonly networks: readonly PreluTiming[];
  readonly annotate: readonly AnnotateTiming[];
  readonly match: readonly MatchTiming[];
  readonly preprocess?: readonly StepTiming[];
  readonly peers?: readonly PeerResult[];
}

/** With --peers-only. */
export interface PeersOnly {
  readonly machine: Machine;
  readonly peers: readonly PeerResult[];
}
