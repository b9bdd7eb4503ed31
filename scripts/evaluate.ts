/** npm run --silent evaluate -- <protocol> …: how accurate the shipped models, or yours, are on a known data set. */
import { evaluate } from './evaluate/command';
import { PROTOCOLS } from './evaluate/protocols/index';

void evaluate(process.argv.slice(2), PROTOCOLS, { out: process.stdout, error: process.stderr }).then(
  (code) => {
    process.exitCode = code;
  },
);
