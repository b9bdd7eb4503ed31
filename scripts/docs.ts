/**
 * npm run docs: writes what documents say of options, and of who knows whom, from the code that decides it, between marks in
 * the pages. test/docs/generated.test.ts fails where a page says something else.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { messageOf } from '../lib/core/errors';
import { PAGES, written } from './docs/pages';

async function main(): Promise<void> {
  for (const page of PAGES) {
    const before = readFileSync(page.file, 'utf8');
    const after = await written(page, before);
    if (after !== before) writeFileSync(page.file, after);
    process.stdout.write(`${page.file}: ${after === before ? 'as it was' : 'written'}\n`);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});
