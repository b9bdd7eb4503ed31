/** A command of several kinds of work: finds the one that is asked for, or tells how to ask. */
import { messageOf } from '../../lib/core/errors';
import { UsageError } from './usage-error';

export const EXIT_OK = 0;
export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;

/** One kind of work. */
export interface Named {
  readonly name: string;
  readonly help: string;
}

export interface Command<T extends Named> {
  /** Its npm script. */
  readonly script: string;
  /** What its kinds of work are called, one of them. */
  readonly noun: string;
  readonly kinds: readonly T[];
  /** What follows the noun in the first line of help, and what the list of kinds is followed by. */
  readonly usage: string;
  readonly notes: readonly string[];
  /** Help on one kind: what follows its name, its options in lines. */
  usageOf(kind: T): { readonly usage: string; readonly options: readonly string[] };
  /** @returns the exit code */
  run(kind: T, args: readonly string[]): Promise<number>;
}

interface Output {
  readonly out: { write(text: string): unknown };
  readonly error: { write(text: string): unknown };
}

/** @returns the exit code */
export async function runCommand<T extends Named>(
  command: Command<T>,
  [name, ...rest]: readonly string[],
  { out, error }: Output,
): Promise<number> {
  const { script, noun, kinds } = command;
  const known = kinds.find((kind) => kind.name === name);
  try {
    if (name === undefined || name === '--help' || name === 'help') {
      (name === undefined ? error : out).write(overview(command));
      return name === undefined ? EXIT_USAGE : EXIT_OK;
    }
    if (!known) {
      const names = kinds.map((kind) => kind.name).join(', ');
      throw new UsageError(`There is no ${noun} ${name}; there are ${names}`);
    }
    if (rest.includes('--help')) {
      out.write(usageOf(command, known));
      return EXIT_OK;
    }
    return await command.run(known, rest);
  } catch (caught) {
    const usage = caught instanceof UsageError;
    error.write(`${messageOf(caught)}\n`);
    if (usage) error.write(`Try: npm run --silent ${script} -- ${known ? `${known.name} ` : ''}--help\n`);
    return usage ? EXIT_USAGE : EXIT_FAILED;
  }
}

/** @throws UsageError when a value stands alone */
export function refuseOperands([operand]: readonly string[]): void {
  if (operand !== undefined)
    throw new UsageError(`Did not expect "${operand}": every value follows an option`);
}

/** Labels and values as a column each, indented. */
export function rows(summary: readonly { readonly label: string; readonly value: string }[]): string[] {
  const width = Math.max(...summary.map(({ label }) => label.length));
  return summary.map(({ label, value }) => `  ${label.padEnd(width)}  ${value}`);
}

function overview<T extends Named>({ script, noun, usage, kinds, notes }: Command<T>): string {
  const lines = rows(kinds.map(({ name, help }) => ({ label: name, value: help })));
  return [`Usage: npm run --silent ${script} -- <${noun}> ${usage}`, '', ...lines, '', ...notes, ''].join(
    '\n',
  );
}

function usageOf<T extends Named>(command: Command<T>, kind: T): string {
  const { usage, options } = command.usageOf(kind);
  const first = `Usage: npm run --silent ${command.script} -- ${kind.name} ${usage}`;
  return [first, kind.help, '', ...options, ''].join('\n');
}
