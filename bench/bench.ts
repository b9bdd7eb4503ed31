/**
 * npm run --silent bench -- …: the speed of everything that runs for each frame, in one process on one machine. It runs
 * compiled, as what is published does: a compiler's own memory makes every collection of garbage several times as long.
 * docs/performance.md holds the figures, docs/notes/performance.md what they mean.
 */
import { messageOf } from '../lib/core/errors';
import { parseOptions, USAGE, UsageError, type BenchOptions } from './options';
import { report, reportPeers } from './report';
import { runBench, runPeers } from './run';

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    process.stdout.write(USAGE);
    return;
  }
  const options = parseOptions(args);
  const say = (text: string) => void process.stderr.write(`${text}\n`);
  if (options.peersOnly) print(options, await runPeers(options, say), reportPeers);
  else print(options, await runBench(options, say), report);
}

function print<R>({ json }: BenchOptions, result: R, describe: (result: R) => string): void {
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : describe(result));
}

main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  if (error instanceof UsageError) process.stderr.write(USAGE);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
