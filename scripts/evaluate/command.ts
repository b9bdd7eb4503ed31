/** The command: finds the protocol, runs it, prints its result and says with its exit code how it went. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../lib/core/errors';
import { Arguments, optionLines } from '../shared/arguments';
import { UsageError } from '../shared/usage-error';
import { COMMON_OPTIONS } from './common-options';
import type { Outcome, Protocol } from './protocol';
import { renderReport } from './report/page';
import { Session } from './session';

export const EXIT_OK = 0;
export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;

export interface Output {
  readonly out: { write(text: string): unknown };
  readonly error: { write(text: string): unknown };
}

/** @returns the exit code */
export async function evaluate(
  args: readonly string[],
  protocols: readonly Protocol[],
  output: Output,
): Promise<number> {
  const [name, ...rest] = args;
  const known = protocols.find((protocol) => protocol.name === name);
  try {
    if (name === undefined || name === '--help' || name === 'help') {
      output[name === undefined ? 'error' : 'out'].write(overview(protocols));
      return name === undefined ? EXIT_USAGE : EXIT_OK;
    }
    if (!known) {
      const names = protocols.map((protocol) => protocol.name).join(', ');
      throw new UsageError(`There is no protocol ${name}; there are ${names}`);
    }
    if (rest.includes('--help')) {
      output.out.write(usageOf(known));
      return EXIT_OK;
    }
    await run(known, rest, output);
    return EXIT_OK;
  } catch (error) {
    const usage = error instanceof UsageError;
    output.error.write(`${messageOf(error)}\n`);
    if (usage)
      output.error.write(`Try: npm run --silent evaluate -- ${known ? `${known.name} ` : ''}--help\n`);
    return usage ? EXIT_USAGE : EXIT_FAILED;
  }
}

async function run(protocol: Protocol, rest: readonly string[], output: Output): Promise<void> {
  const args = Arguments.parse(rest, [...protocol.options, ...COMMON_OPTIONS]);
  const [operand] = args.operands;
  if (operand !== undefined)
    throw new UsageError(`Did not expect "${operand}": every value follows an option`);
  const session = new Session(args);
  try {
    const outcome = await protocol.run(args, session);
    const folder = args.optional('out');
    if (folder !== undefined) await writeReport(folder, protocol.name, outcome, output);
    output.out.write(args.flag('json') ? `${JSON.stringify(outcome.result)}\n` : table(outcome));
  } finally {
    await session.close();
  }
}

async function writeReport(folder: string, name: string, outcome: Outcome, output: Output): Promise<void> {
  const file = join(folder, `${name}.html`);
  await mkdir(folder, { recursive: true });
  await writeFile(file, renderReport(outcome, await outcome.sections()));
  output.error.write(`The report is in ${file}\n`);
}

function table({ title, summary }: Outcome): string {
  const width = Math.max(...summary.map(({ label }) => label.length));
  return [title, ...summary.map(({ label, value }) => `  ${label.padEnd(width)}  ${value}`), ''].join('\n');
}

function overview(protocols: readonly Protocol[]): string {
  const width = Math.max(...protocols.map(({ name }) => name.length));
  return [
    'Usage: npm run --silent evaluate -- <protocol> … [--json] [--model ID] [--out DIR]',
    '',
    ...protocols.map(({ name, help }) => `  ${name.padEnd(width)}  ${help}`),
    '',
    'Options of a protocol: npm run --silent evaluate -- <protocol> --help',
    '',
  ].join('\n');
}

function usageOf({ name, help, usage, options }: Protocol): string {
  return [
    `Usage: npm run --silent evaluate -- ${name} ${usage}`,
    help,
    '',
    ...optionLines([...options, ...COMMON_OPTIONS]),
    '',
  ].join('\n');
}
