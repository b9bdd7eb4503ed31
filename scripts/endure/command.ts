/** The command: finds the trial, runs it, prints what was done and what broke, and says with its exit code whether it held. */
import { messageOf } from '../../lib/core/errors';
import { Arguments, optionLines, type Option } from '../shared/arguments';
import { Progress, type ProgressTarget } from '../shared/progress';
import { createRandom } from '../shared/random';
import { UsageError } from '../shared/usage-error';
import { requireBuilt } from './parts/programs';
import { Workplace } from './parts/workplace';
import type { Outcome, Trial } from './trial';

const EXIT_HELD = 0;
const EXIT_BROKEN = 1;
export const EXIT_USAGE = 2;

/** Sentences about what broke that are printed; all of them are counted. */
const MOST_SHOWN = 20;
/** They need not be whole, and are no count. */
const MINUTES = 'minutes';
const SHORTEST_MINUTES = 0.1;
const MOST_SEED = 2 ** 32 - 1;

export interface Output {
  readonly out: { write(text: string): unknown };
  readonly error: ProgressTarget;
}

/** @returns the exit code */
export async function endure(
  args: readonly string[],
  trials: readonly Trial[],
  output: Output,
): Promise<number> {
  const [name, ...rest] = args;
  const known = trials.find((trial) => trial.name === name);
  try {
    if (name === undefined || name === '--help' || name === 'help') {
      output[name === undefined ? 'error' : 'out'].write(overview(trials));
      return name === undefined ? EXIT_USAGE : EXIT_HELD;
    }
    if (!known)
      throw new UsageError(
        `There is no trial ${name}; there are ${trials.map((trial) => trial.name).join(', ')}`,
      );
    if (rest.includes('--help')) {
      output.out.write(usageOf(known));
      return EXIT_HELD;
    }
    return await run(known, rest, output);
  } catch (error) {
    const usage = error instanceof UsageError;
    output.error.write(`${messageOf(error)}\n`);
    if (usage) output.error.write(`Try: npm run --silent endure -- ${known ? `${known.name} ` : ''}--help\n`);
    return usage ? EXIT_USAGE : EXIT_BROKEN;
  }
}

async function run(trial: Trial, rest: readonly string[], output: Output): Promise<number> {
  const args = Arguments.parse(rest, optionsOf(trial));
  const [operand] = args.operands;
  if (operand !== undefined)
    throw new UsageError(`Did not expect "${operand}": every value follows an option`);
  const { usual, most, what } = trial.counts;
  const count =
    what === MINUTES
      ? args.number('minutes', usual, { min: SHORTEST_MINUTES, max: most })
      : args.integer('count', usual, { min: 1, max: most });
  const seed = args.integer('seed', 1, { min: 0, max: MOST_SEED });
  requireBuilt();
  const workplace = Workplace.open();
  const progress = new Progress(what, count, output.error);
  const began = performance.now();
  try {
    const outcome = await trial.run(args, {
      workplace,
      count,
      seed,
      random: createRandom(seed),
      step: () => progress.step(),
      say: (line) => output.error.write(`${line}\n`),
    });
    const seconds = Math.round((performance.now() - began) / 1000);
    const whole = { ...outcome, result: { ...outcome.result, seed, seconds } };
    output.out.write(args.flag('json') ? json(whole) : table(trial, whole));
    return outcome.broken.length === 0 ? EXIT_HELD : EXIT_BROKEN;
  } finally {
    progress.end();
    await workplace.close();
  }
}

function optionsOf(trial: Trial): Option[] {
  const { what, usual } = trial.counts;
  const name = what === MINUTES ? 'minutes' : 'count';
  return [
    {
      name,
      value: name === 'count' ? 'N' : 'M',
      help: `${name === 'count' ? `how many ${what}` : 'how long'} (default ${usual})`,
    },
    ...trial.options,
    {
      name: 'seed',
      value: 'N',
      help: 'another choice of moments and inputs; the same number repeats it (default 1)',
    },
    { name: 'json', help: 'print one JSON object instead of a table' },
  ];
}

function json({ result, broken }: Outcome): string {
  return `${JSON.stringify({ ...result, broken: broken.slice(0, MOST_SHOWN) })}\n`;
}

function table({ name, help }: Trial, { summary, broken }: Outcome): string {
  const width = Math.max(...summary.map(({ label }) => label.length));
  const shown = broken.slice(0, MOST_SHOWN).map((sentence) => `  - ${sentence.replaceAll('\n', '\n    ')}`);
  const more = broken.length - shown.length;
  return [
    `${name}: ${help}`,
    ...summary.map(({ label, value }) => `  ${label.padEnd(width)}  ${value}`),
    broken.length === 0 ? 'It held.' : `${broken.length} broke:`,
    ...shown,
    ...(more > 0 ? [`  and ${more} more`] : []),
    '',
  ].join('\n');
}

function overview(trials: readonly Trial[]): string {
  const width = Math.max(...trials.map(({ name }) => name.length));
  return [
    'Usage: npm run --silent endure -- <trial> [--count N] [--seed N] [--json]',
    '',
    ...trials.map(({ name, help }) => `  ${name.padEnd(width)}  ${help}`),
    '',
    'Everything happens in processes and in a temporary folder of its own. The exit code is 0 when it held, 1 when',
    'something broke, 2 when the command was called wrongly. Options: npm run --silent endure -- <trial> --help',
    '',
  ].join('\n');
}

function usageOf(trial: Trial): string {
  return [
    `Usage: npm run --silent endure -- ${trial.name} …`,
    trial.help,
    '',
    ...optionLines(optionsOf(trial)),
    '',
  ].join('\n');
}
