import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SqliteStore } from '../../../lib/gallery/stores/sqlite/sqlite-store';
import { embeddingOf } from './enrol-forever';
import { numbers, removeTemporaryDirectories, temporaryDirectory } from './support';

const ROUNDS = 8;

/** Lets a child enrol until it has acknowledged so much, kills it without warning, and returns all it acknowledged. */
async function acknowledgedBy(directory: string, first: number, acknowledgements: number): Promise<string[]> {
  const child = spawn(
    process.execPath,
    ['--require', 'ts-node/register', join(__dirname, 'enrol-forever.ts'), directory, String(first)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const exited = once(child, 'exit');
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (lines.length === acknowledgements) child.kill('SIGKILL');
  }
  assert.deepEqual(await exited, [null, 'SIGKILL']);
  return lines;
}

describe('a gallery whose process is killed', () => {
  after(removeTemporaryDirectories);

  it(`has all that was acknowledged, in ${ROUNDS} rounds`, async () => {
    const directory = await temporaryDirectory();
    const random = numbers(5);
    const present = new Set<number>();
    const removed = new Set<number>();
    for (let round = 0; round < ROUNDS; round++) {
      const first = 1000 * round + 1;
      for (const line of await acknowledgedBy(directory, first, 5 + Math.floor(15 * (random() + 1)))) {
        const person = Number(line.slice(2));
        if (line.startsWith('+')) present.add(person);
        else removed.add(person);
      }

      const store = SqliteStore.open(directory);
      const people = store.people();
      const names = new Set(people.map(({ person }) => person));
      for (const person of removed) assert.ok(!names.has(`P${person}`), `P${person} was removed`);
      // What was under way when the process died has happened as a whole or not at all.
      const unacknowledged = [...present].filter(
        (person) => !removed.has(person) && !names.has(`P${person}`),
      );
      assert.ok(unacknowledged.length <= 1 + round, `${unacknowledged.join()} are missing`);
      for (const person of unacknowledged) assert.equal(person % 5, 3, `P${person} is missing`);
      for (const person of present) {
        if (!names.has(`P${person}`)) continue;
        const found = store.find(`P${person}`);
        const [sample] = store.samples(found!.personId);
        assert.deepEqual(sample!.embedding, embeddingOf(person));
        assert.deepEqual(sample!.thumbnail, Buffer.alloc(3000, person));
      }
      const total = people.reduce((sum, { samples }) => sum + samples, 0);
      assert.deepEqual(store.models(), [{ model: 'test-512', dimension: 512, samples: total }]);
      store.close();
    }
    assert.ok(present.size > 5 * ROUNDS && removed.size > ROUNDS);
  });
});
