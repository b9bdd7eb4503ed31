import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ensureBuilt } from '../support/built';
import { samplePhoto } from '../support/images';
import { demo, startDemo } from './support';

interface Result {
  readonly file: string;
  readonly faces: readonly { box: object; person: string | null; similarity: number; known: boolean }[];
  readonly error?: string;
}

describe('demo', function () {
  this.timeout(600_000);
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

  it('prints a line for a photograph that it cannot read, too, and goes on', async () => {
    const [people, photos] = [join(folder, 'people'), join(folder, 'photos')];
    await mkdir(join(people, 'Anna'), { recursive: true });
    await mkdir(photos);
    await writeFile(join(people, 'Anna', 'text.jpg'), 'just words');
    await writeFile(join(photos, '1.jpg'), 'just words');
    await writeFile(join(photos, '2.jpg'), samplePhoto(2));
    const { code, out, err } = await demo('--once', '--json', '--people', people, '--photos', photos);
    assert.equal(code, 0, err);
    const results = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Result);
    assert.deepEqual(
      results.map(({ file, faces }) => [basename(file), faces.length]),
      [
        ['1.jpg', 0],
        ['2.jpg', 1],
      ],
    );
    assert.match(results[0]!.error!, /^The image cannot be read/);
    assert.match(err, /text\.jpg: The image cannot be read/);
  });

  it('takes another port where the usual one is in use, and stays', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => {
      // In use already: just as well.
      server.once('error', () => resolve());
      server.listen(1880, '127.0.0.1', resolve);
    });
    const child = startDemo('--out', folder);
    try {
      let said = '';
      await new Promise<void>((resolve, reject) => {
        child.once('close', () => reject(new Error(said)));
        child.stderr.on('data', (part: Buffer) => {
          said += part.toString();
          if (said.includes('Stop with Ctrl+C')) resolve();
        });
      });
      const [address] = /http:\/\/127\.0\.0\.1:\d+\//.exec(said)!;
      assert.notEqual(new URL(address).port, '1880');
      assert.equal((await fetch(address)).status, 200);
    } finally {
      child.removeAllListeners('close');
      const closed = once(child, 'close');
      child.kill();
      await closed;
      server.close();
    }
  });

  for (const [name, options, expected] of [
    [
      'a missing folder',
      ['--people', '/nowhere', '--photos', '/nowhere'],
      /The folder \/nowhere cannot be read/,
    ],
    ['an empty folder', ['--people', 'EMPTY', '--photos', 'EMPTY'], /holds no images/],
    [
      'photographs that lie in no folder',
      ['--people', 'FLAT', '--photos', 'FLAT'],
      /one folder for each person/,
    ],
    ['a port that is none', ['--port', 'x'], /Expected an integer between 0 and 65535 for --port/],
    ['one folder without the other', ['--people', '/nowhere'], /--people and --photos together/],
  ] as const) {
    it(`says what is wrong with ${name}`, async () => {
      const empty = await mkdtemp(join(folder, 'empty-'));
      const flat = await mkdtemp(join(folder, 'flat-'));
      await writeFile(join(flat, 'Anna.jpg'), samplePhoto(2));
      const { code, out, err } = await demo(
        '--once',
        '--json',
        ...options.map((option) => ({ EMPTY: empty, FLAT: flat })[option as string] ?? option),
      );
      assert.equal(code, 1);
      assert.equal(out, '');
      assert.match(err, expected);
    });
  }
});
