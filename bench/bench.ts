/**
 * npm run --silent bench -- …: the speed of everything that runs for each frame, in one process on one machine.
 * docs/performance.md holds figures and what they mean.
 */
import { messageOf } from '../lib/errors';
import { parseOptions, USAGE, UsageError } from './options';
import { report } from './report';
import { runBench } from './run';

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    process.stdout.write(USAGE);
    return;
  }
  const options = parseOptions(args);
  const result = await runBench(options, (text) => void process.stderr.write(`${text}\n`));
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : report(result));
}

main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  if (error instanceof UsageError) process.stderr.write(USAGE);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
