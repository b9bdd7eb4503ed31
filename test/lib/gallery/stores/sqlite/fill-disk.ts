/**
 * Fills the disk of a store, then removes people from it, and says what came of it in one line of JSON. Argument: a
 * directory on a small file system of its own.
 */
import { closeSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ArcFlowError } from '../../../../../lib/core/errors';
import { RESERVE } from '../../../../../lib/gallery/stores/sqlite/files';
import { SqliteStore } from '../../../../../lib/gallery/stores/sqlite/sqlite-store';
import { isRecord } from '../../../../../lib/core/validate';
import { direction, numbers, sampleOf } from '../../support';

const MANY = 600;
const PICTURE_BYTES = 4000;

/** Writes until nothing fits any more. */
function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (let size = 65_536; size >= 1;) {
      try {
        writeSync(file, Buffer.alloc(size, 1));
      } catch (error) {
        if (!isRecord(error) || error['code'] !== 'ENOSPC') throw error;
        size = Math.floor(size / 2);
      }
    }
  } finally {
    closeSync(file);
  }
}

function codeOf(action: () => unknown): string {
  try {
    action();
    return 'done';
  } catch (error) {
    return error instanceof ArcFlowError ? `${error.code} ${error.status}` : String(error);
  }
}

function run(disk: string): object {
  const directory = join(disk, 'gallery');
  const random = numbers(91);
  const sample = (name: string) =>
    sampleOf(direction(random, 64), {
      source: `secret-of-${name}`,
      thumbnail: Buffer.alloc(PICTURE_BYTES, `secret-of-${name}`),
    });
  let store = SqliteStore.open(directory);
  store.addSamples(
    'Many',
    Array.from({ length: MANY }, () => sample('Many')),
  );
  for (const name of ['Ada', 'Ben']) store.addSamples(name, [sample(name)]);
  const reserved = statSync(join(directory, RESERVE)).size;
  fill(join(disk, 'other'));
  const enrolled = codeOf(() =>
    store.addSamples(
      'Cleo',
      Array.from({ length: 50 }, () => sample('Cleo')),
    ),
  );
  const removedOne = codeOf(() => store.removePerson('Ada'));
  fill(join(disk, 'more'));
  const reopened = codeOf(() => {
    store.close();
    store = SqliteStore.open(directory);
  });
  const removedMany = codeOf(() => store.removePerson('Many'));
  const kept = Buffer.concat(readdirSync(directory).map((file) => readFileSync(join(directory, file))));
  const left = store.people().map(({ person }) => person);
  rmSync(join(disk, 'other'));
  rmSync(join(disk, 'more'));
  const enrolledLater = codeOf(() => store.addSamples('Cleo', [sample('Cleo')]));
  const restored = statSync(join(directory, RESERVE)).size;
  store.close();
  return {
    ...{ reserved, enrolled, removedOne, reopened, removedMany, left, enrolledLater, restored },
    found: ['Many', 'Ada', 'Ben'].filter((name) => kept.includes(`secret-of-${name}`)),
  };
}

const [, , disk] = process.argv;
if (require.main === module) console.log(JSON.stringify(run(disk!)));
