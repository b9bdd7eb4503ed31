import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ensureBuilt } from '../support/built';
import { demo } from './support';

interface Result {
  readonly file: string;
  readonly faces: readonly { box: object; person: string | null; similarity: number; known: boolean }[];
}

describe('demo', function () {
  this.timeout(240_000);
  let folder: string;

  before(async () => {
    ensureBuilt();
    folder = await mkdtemp(join(tmpdir(), 'arcflow-demo-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('recognises the people of the sample photographs through the example flow', async () => {
    const { code, out, err } = await demo('--once', '--json', '--out', folder);
    assert.equal(code, 0, err);
    const results = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Result);
    const known = Object.fromEntries(
      results.map(({ file, faces }) => [basename(file), faces.flatMap(({ person }) => person ?? []).sort()]),
    );
    assert.deepEqual(known['sample3.jpg'], ['Anna', 'Maria', '李娜']);
    assert.ok(known['sample1.jpg']!.includes('Anna'));
    assert.deepEqual(known['sample2.jpg'], []);
    assert.ok(results.every(({ faces }) => faces.every((face) => face.known === (face.person !== null))));
    assert.deepEqual((await readdir(folder)).sort(), results.map(({ file }) => basename(file)).sort());
  });

  for (const [name, options, expected] of [
    [
      'a missing folder',
      ['--people', '/nowhere', '--photos', '/nowhere'],
      /The folder \/nowhere cannot be read/,
    ],
    ['an empty folder', ['--people', 'EMPTY', '--photos', 'EMPTY'], /holds no images/],
    ['one folder without the other', ['--people', '/nowhere'], /--people and --photos together/],
  ] as const) {
    it(`says what is wrong with ${name}`, async () => {
      const empty = await mkdtemp(join(folder, 'empty-'));
      const { code, out, err } = await demo(
        '--once',
        '--json',
        ...options.map((option) => (option === 'EMPTY' ? empty : option)),
      );
      assert.equal(code, 1);
      assert.equal(out, '');
      assert.match(err, expected);
    });
  }
});
