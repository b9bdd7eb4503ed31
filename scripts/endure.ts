/** npm run --silent endure -- <trial> …: what holds under force, on this machine. */
import { endure } from './endure/command';
import { TRIALS } from './endure/trials';

void endure(process.argv.slice(2), TRIALS, { out: process.stdout, error: process.stderr }).then((code) => {
  process.exitCode = code;
});
