/** What a protocol is to the command: a name, its options, and a run that gives a result in three forms. */
import type { Arguments, Option } from '../shared/arguments';
import type { Session } from './session';

export interface SummaryRow {
  readonly label: string;
  readonly value: string;
}

/** A titled block of the report; its body is HTML. */
export interface Section {
  readonly title: string;
  readonly html: string;
}

export interface Outcome {
  /** For programs. */
  readonly result: Readonly<Record<string, unknown>>;
  /** For people. */
  readonly title: string;
  readonly summary: readonly SummaryRow[];
  /** Plots and images of the report; made only when a report is asked for. */
  readonly sections: () => Promise<readonly Section[]>;
}

export interface Protocol {
  readonly name: string;
  /** One line for the list of protocols. */
  readonly help: string;
  /** How it is called, after its name. */
  readonly usage: string;
  readonly options: readonly Option[];
  run(args: Arguments, session: Session): Promise<Outcome>;
}
