/** The command: runs a protocol, prints its result and says with its exit code how it went. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Arguments, optionLines } from '../shared/arguments';
import { EXIT_OK, refuseOperands, rows, runCommand, type Command } from '../shared/command';
import { COMMON_OPTIONS } from './common-options';
import type { Outcome, Protocol } from './protocol';
import { renderReport } from './report/page';
import { Session } from './session';

interface Output {
  readonly out: { write(text: string): unknown };
  readonly error: { write(text: string): unknown };
}

/** @returns the exit code */
export async function evaluate(
  args: readonly string[],
  protocols: readonly Protocol[],
  output: Output,
): Promise<number> {
  const command: Command<Protocol> = {
    script: 'evaluate',
    noun: 'protocol',
    kinds: protocols,
    usage: '… [--json] [--model ID] [--out DIR]',
    notes: ['Options of a protocol: npm run --silent evaluate -- <protocol> --help'],
    usageOf: ({ usage, options }) => ({ usage, options: optionLines([...options, ...COMMON_OPTIONS]) }),
    run: (protocol, rest) => run(protocol, rest, output),
  };
  return runCommand(command, args, output);
}

async function run(protocol: Protocol, rest: readonly string[], output: Output): Promise<number> {
  const args = Arguments.parse(rest, [...protocol.options, ...COMMON_OPTIONS]);
  refuseOperands(args.operands);
  const session = new Session(args);
  try {
    const outcome = await protocol.run(args, session);
    const folder = args.optional('out');
    if (folder !== undefined) await writeReport(folder, protocol.name, outcome, output);
    output.out.write(args.flag('json') ? `${JSON.stringify(outcome.result)}\n` : table(outcome));
    return EXIT_OK;
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
  return [title, ...rows(summary), ''].join('\n');
}
