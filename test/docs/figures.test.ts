/** A figure stands in one place: the README quotes the pages on performance and accuracy, which stay short. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../support/images';

const PERFORMANCE = 'docs/performance.md';
const ACCURACY = 'docs/accuracy.md';
const MOST_LINES = 80;
const NUMBER = /\d+(?:,\d{3})*(?:\.\d+)?/g;

/** Where the figures of each row of “In numbers” are from: the page, and how the row there begins. */
const SOURCES = [
  [PERFORMANCE, 'ArcFlow, faces from 40 px'],
  [PERFORMANCE, 'ArcFlow, faces from 40 px'],
  [PERFORMANCE, 'who is it'],
  [PERFORMANCE, 'event-loop delay'],
  [ACCURACY, '`arcface-mobilefacenet-512`'],
  [ACCURACY, '79'],
  [ACCURACY, '79'],
] as const;
const PEERS = /^\| (?:face-api|human|OpenCV) /;

function read(file: string): string {
  return readFileSync(join(PROJECT, file), 'utf8');
}

function numbersOf(text: string): readonly string[] {
  return text.match(NUMBER) ?? [];
}

/** The figures of a README, row for row: ours, and those of others. */
function quoted(file: string): { readonly ours: readonly string[]; readonly others: readonly string[] }[] {
  const [, table] = /^\| [^|]+\| ArcFlow .*\n\|[ -|]+\n((?:\|.*\n)+)/m.exec(read(file)) ?? [];
  assert.ok(table, `${file} has no table of figures`);
  return table
    .trimEnd()
    .split('\n')
    .map((row) => row.split('|'))
    .map(([, , ours = '', others = '']) => ({ ours: numbersOf(ours), others: numbersOf(others) }));
}

describe('figures in documents', () => {
  const rows = quoted('README.md');

  it('of the README each have a source', () => assert.equal(rows.length, SOURCES.length));

  SOURCES.forEach(([page, beginning], index) => {
    it(`of the README, row ${index + 1}, are those of ${page}`, () => {
      const lines = read(page).split('\n');
      const source = lines.find((line) => line.replace(/^\| */, '| ').startsWith(`| ${beginning}`));
      assert.ok(source, `${page} has no row ${beginning}`);
      const { ours, others } = rows[index]!;
      assert.ok(ours.length > 0);
      for (const figure of ours) assert.ok(numbersOf(source).includes(figure), `${figure} in: ${source}`);
      const peers = lines.filter((line) => PEERS.test(line)).flatMap(numbersOf);
      for (const figure of others) assert.ok(peers.includes(figure), `${figure} of others`);
    });
  });

  it('are the same in Chinese', () => assert.deepEqual(quoted('README.zh-CN.md'), rows));

  for (const page of [PERFORMANCE, ACCURACY]) {
    it(`of ${page} take at most ${MOST_LINES} lines`, () =>
      assert.ok(read(page).trimEnd().split('\n').length <= MOST_LINES));
  }
});
