/** What a trial is to the command: a name, its options, and a run that tells what was done and what broke. */
import type { Arguments, Option } from '../shared/arguments';
import type { Random } from '../shared/random';
import type { Workplace } from './parts/workplace';

export interface SummaryRow {
  readonly label: string;
  readonly value: string;
}

export interface Outcome {
  /** For programs. */
  readonly result: Readonly<Record<string, unknown>>;
  /** For people. */
  readonly summary: readonly SummaryRow[];
  /** A sentence for each thing that should not have happened; none: it held. */
  readonly broken: readonly string[];
}

export interface Surroundings {
  readonly workplace: Workplace;
  /** How often. */
  readonly count: number;
  /** For the choices that the trial leaves to chance. */
  readonly random: Random;
  readonly seed: number;
  /** Counts on standard error. */
  readonly step: () => void;
  /** A line on standard error. */
  readonly say: (line: string) => void;
}

export interface Trial {
  readonly name: string;
  /** One line for the list of trials. */
  readonly help: string;
  /** What is counted, and how many of it unless told otherwise. */
  readonly counts: { readonly what: string; readonly usual: number; readonly most: number };
  /** Besides those that all trials take. */
  readonly options: readonly Option[];
  run(args: Arguments, surroundings: Surroundings): Promise<Outcome>;
}
