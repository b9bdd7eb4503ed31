/** The command: runs a trial, prints what was done and what broke, and says with its exit code whether it held. */
import { Arguments, optionLines, type Option } from '../shared/arguments';
import { EXIT_FAILED, EXIT_OK, refuseOperands, rows, runCommand, type Command } from '../shared/command';
import { Progress, type ProgressTarget } from '../shared/progress';
import { createRandom } from '../shared/random';
import { requireBuilt } from './parts/programs';
import { Workplace } from './parts/workplace';
import type { Outcome, Trial } from './trial';

/** Sentences about what broke that are printed; all of them are counted. */
const MOST_SHOWN = 20;
/** They need not be whole, and are no count. */
const MINUTES = 'minutes';
const SHORTEST_MINUTES = 0.1;
const MOST_SEED = 2 ** 32 - 1;

interface Output {
  readonly out: { write(text: string): unknown };
  readonly error: ProgressTarget;
}

/** @returns the exit code: that of failure where something broke */
export async function endure(
  args: readonly string[],
  trials: readonly Trial[],
  output: Output,
): Promise<number> {
  const command: Command<Trial> = {
    script: 'endure',
    noun: 'trial',
    kinds: trials,
    usage: '[--count N] [--seed N] [--json]',
    notes: [
      'Everything happens in processes and in a temporary folder of its own. The exit code is 0 when it held, 1 when',
      'something broke, 2 when the command was called wrongly. Options: npm run --silent endure -- <trial> --help',
    ],
    usageOf: (trial) => ({ usage: '…', options: optionLines(optionsOf(trial)) }),
    run: (trial, rest) => run(trial, rest, output),
  };
  return runCommand(command, args, output);
}

async function run(trial: Trial, rest: readonly string[], output: Output): Promise<number> {
  const args = Arguments.parse(rest, optionsOf(trial));
  refuseOperands(args.operands);
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
    return outcome.broken.length === 0 ? EXIT_OK : EXIT_FAILED;
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
  const shown = broken.slice(0, MOST_SHOWN).map((sentence) => `  - ${sentence.replaceAll('\n', '\n    ')}`);
  const more = broken.length - shown.length;
  return [
    `${name}: ${help}`,
    ...rows(summary),
    broken.length === 0 ? 'It held.' : `${broken.length} broke:`,
    ...shown,
    ...(more > 0 ? [`  and ${more} more`] : []),
    '',
  ].join('\n');
}
