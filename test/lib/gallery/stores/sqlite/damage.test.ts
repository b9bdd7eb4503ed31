import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArcFlowError } from '../../../../../lib/core/errors';
import { salvage } from '../../../../../lib/gallery/stores/sqlite/salvage';
import { SqliteStore } from '../../../../../lib/gallery/stores/sqlite/sqlite-store';
import { Connection } from '../../../../../lib/gallery/stores/sqlite/connection';
import { DATABASE, LOG, RESERVE } from '../../../../../lib/gallery/stores/sqlite/files';
import { fromDocument } from '../../../../../lib/gallery/person-document';
import { direction, numbers, removeTemporaryDirectories, sampleOf, temporaryDirectory } from '../../support';

const FLIPS = 60;
const JPEG = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.alloc(1500, 7)]);

describe('a damaged store', () => {
  const random = numbers(71);
  let whole: string;

  before(async () => {
    whole = await temporaryDirectory();
    const store = SqliteStore.open(whole);
    for (let i = 0; i < 30; i++) {
      const samples = [0, 1].map((time) =>
        sampleOf(direction(random, 128), { time, thumbnail: JPEG, source: `camera ${i}` }),
      );
      store.addSamples(`Person ${i}`, samples);
    }
    for (let i = 0; i < 5; i++) store.removePerson(`Person ${i}`);
    store.close();
  });
  after(removeTemporaryDirectories);

  async function copied(): Promise<string> {
    const directory = await temporaryDirectory();
    await cp(whole, directory, { recursive: true });
    return directory;
  }

  /** All that is in a store; the first fault ends it. */
  function contentOf(directory: string): unknown {
    const store = SqliteStore.open(directory);
    try {
      const people = store.people();
      const samples = people.map(({ person }) => store.samples(store.find(person)!.personId));
      const rows = [];
      for (const batch of store.rows('test-512')) rows.push(batch);
      return { people, samples, rows, models: store.models() };
    } finally {
      store.close();
    }
  }

  /** A change of one record that no structure of the file tells, as by a flipped bit. */
  function change(directory: string, sql: string): void {
    const connection = new Connection(join(directory, DATABASE));
    connection.run(sql);
    connection.close();
  }

  it('is reported or reads as it was written, whichever bit is flipped', async () => {
    const expected = contentOf(await copied());
    let reported = 0;
    for (let flip = 0; flip < FLIPS; flip++) {
      const directory = await copied();
      const path = join(directory, DATABASE);
      const bytes = await readFile(path);
      // Every third in the first pages: the head of the file and its schema.
      const range = flip % 3 === 0 ? 8192 : bytes.length;
      const at = Math.floor(((random() + 1) / 2) * range);
      bytes[at]! ^= 1 << (flip % 8);
      await writeFile(path, bytes);
      try {
        assert.deepEqual(contentOf(directory), expected, `bit ${flip % 8} of byte ${at}`);
      } catch (error) {
        if (!(error instanceof ArcFlowError)) throw error;
        assert.equal(error.code, 'STORE_UNAVAILABLE');
        assert.deepEqual(await readFile(path), bytes, 'the file is left as it is');
        reported++;
      }
    }
    assert.ok(reported > FLIPS / 6, `${reported}`);
  });

  for (const [what, sql, message] of [
    [
      'an embedding',
      'UPDATE samples SET embedding = zeroblob(512) WHERE id = (SELECT max(id) FROM samples)',
      /is damaged: sample \d+ does not match its checksum\. It is left as it is; an export with msg\.salvage/,
    ],
    [
      'a thumbnail',
      'UPDATE thumbnails SET picture = zeroblob(9)',
      /the thumbnail of sample \d+ does not match/,
    ],
    [
      'a name',
      "UPDATE people SET name = 'Somebody' WHERE id = (SELECT max(id) FROM people)",
      /person \d+ does not/,
    ],
    ['a sample that vanished', 'DELETE FROM samples WHERE id = (SELECT max(id) FROM samples)', /are missing/],
    [
      'a person who vanished',
      'DELETE FROM people WHERE id = (SELECT max(id) FROM people)',
      /people is not complete/,
    ],
    ['a model that vanished', 'DELETE FROM models', /models is not complete/],
    ['all people', 'DELETE FROM people', /the list of people is not complete/],
    ['the head', 'DELETE FROM gallery', /the head of gallery\.sqlite is missing/],
    ['the count of changes', 'UPDATE gallery SET revision = 0', /the head of gallery\.sqlite does not match/],
    ['its schema', 'DROP INDEX samples_of_people', /the schema of gallery\.sqlite is not as it was written/],
  ] as const) {
    it(`names ${what}`, async () => {
      const directory = await copied();
      change(directory, sql);
      assert.throws(() => contentOf(directory), {
        code: 'STORE_UNAVAILABLE',
        status: 'gallery damaged',
        message,
      });
    });
  }

  it('is reported too where the log that a killed process left is damaged, but for its last change', async () => {
    const alive = SqliteStore.open(await copied());
    const changes = 12;
    for (let i = 0; i < changes; i++) alive.addSamples(`Late ${i}`, [sampleOf(direction(random, 128))]);
    const left = await temporaryDirectory();
    await cp(alive.location, left, { recursive: true });
    alive.close();
    const log = await readFile(join(left, LOG));
    const ends = [...Array(Math.floor((log.length - 32) / 4120)).keys()]
      .map((frame) => 32 + frame * 4120)
      .filter((at) => log.readUInt32BE(at + 4) !== 0);
    assert.equal(ends.length, changes, 'one commit for each change');
    const beforeLast = ends.at(-2)! + 4120;
    for (const at of [0, 5, 20, 30, 40, 60, 100, 5000, ends[0]! + 4, beforeLast - 1]) {
      const directory = await temporaryDirectory();
      await cp(left, directory, { recursive: true });
      const damaged = Buffer.from(log);
      damaged[at]! ^= 4;
      await writeFile(join(directory, LOG), damaged);
      assert.throws(
        () => contentOf(directory),
        {
          code: 'STORE_UNAVAILABLE',
          message: /is damaged: gallery\.sqlite-wal does not match its checksums/,
        },
        `byte ${at}`,
      );
    }
    for (const [bytes, people] of [
      [log.length, 25 + changes],
      [log.length - 1, 24 + changes],
      [beforeLast + 5000, 24 + changes],
    ] as const) {
      const directory = await temporaryDirectory();
      await cp(left, directory, { recursive: true });
      await truncate(join(directory, LOG), bytes);
      const store = SqliteStore.open(directory);
      assert.equal(store.people().length, people);
      store.close();
    }
  });

  it('is not written to once that is known', async () => {
    const directory = await copied();
    change(directory, 'UPDATE samples SET embedding = zeroblob(512)');
    const store = SqliteStore.open(directory);
    const sample = sampleOf(direction(random, 128));
    store.addSamples('Ada', [sample]);
    assert.throws(() => [...store.rows('test-512')], { code: 'STORE_UNAVAILABLE' });
    assert.throws(() => store.addSamples('Ada', [sample]), { status: 'gallery damaged' });
    store.close();
  });

  it('gives everybody who can be read, and says who cannot', async () => {
    const directory = await copied();
    change(directory, "UPDATE people SET name = 'X' WHERE name = 'Person 7'");
    change(
      directory,
      `UPDATE samples SET time = 5 WHERE id = (SELECT min(samples.id) FROM samples JOIN people
       ON people.id = person WHERE name = 'Person 9')`,
    );
    const { people, damaged } = salvage(directory);
    assert.deepEqual(
      people.map(({ person, samples }) => [person, samples.length]),
      Array.from({ length: 25 }, (_, i) => [`Person ${i + 5}`, i === 4 ? 1 : 2]).filter(
        ([name]) => name !== 'Person 7',
      ),
    );
    assert.equal(damaged.length, 5);
    for (const expected of [
      /person \d+ does not match/,
      /name of the person of sample/,
      /Person 9: 1 of 2 samples/,
    ])
      assert.ok(
        damaged.some((sentence) => expected.test(sentence)),
        String(expected),
      );
    for (const document of people) assert.equal(fromDocument(document).person, document.person);
  });

  it('gives everybody where it is whole, and nobody of what is no gallery', async () => {
    const { people, damaged } = salvage(await copied());
    assert.deepEqual([people.length, damaged], [25, []]);
    const directory = await temporaryDirectory();
    await writeFile(join(directory, DATABASE), 'hello');
    const nothing = salvage(directory);
    assert.deepEqual(nothing.people, []);
    assert.ok(nothing.damaged.length > 0);
  });

  describe('is reported and left as it is', () => {
    const refuses = async (directory: string, message: RegExp): Promise<void> => {
      const filesOf = async (): Promise<string[]> =>
        (await readdir(directory)).filter((file) => file !== LOG && file !== `${DATABASE}-shm`);
      const before = await filesOf();
      for (let attempt = 0; attempt < 2; attempt++)
        assert.throws(() => SqliteStore.open(directory), { code: 'STORE_UNAVAILABLE', message });
      assert.deepEqual(await filesOf(), before);
    };

    for (const [what, content, message] of [
      ['empty', '', /is damaged: gallery\.sqlite is empty/],
      ['text', 'hello', /is damaged: file is not a database/],
      ['noise', Buffer.alloc(20_000, 7), /is damaged: file is not a database/],
    ] as const) {
      it(`where the file is ${what}`, async () => {
        const directory = await temporaryDirectory();
        await writeFile(join(directory, DATABASE), content);
        await refuses(directory, message);
        assert.deepEqual(await readFile(join(directory, DATABASE)), Buffer.from(content));
      });
    }

    it("where the file is somebody else's database", async () => {
      const directory = await temporaryDirectory();
      change(directory, 'CREATE TABLE people (name TEXT)');
      await refuses(directory, /is damaged: gallery\.sqlite is no gallery/);
    });

    it('where the file was cut short', async () => {
      for (const bytes of [100, 4096, 50_000]) {
        const directory = await copied();
        await truncate(join(directory, DATABASE), bytes);
        await refuses(directory, /is damaged: /);
      }
    });

    it('where the file is missing and the rest is there', async () => {
      const directory = await copied();
      await rm(join(directory, DATABASE));
      await refuses(
        directory,
        /gallery\.sqlite is missing beside gallery\.[-a-z]+; delete the folder to begin/,
      );
    });

    it('where a newer version wrote it', async () => {
      const directory = await copied();
      change(directory, 'PRAGMA user_version = 2');
      await refuses(
        directory,
        /cannot be opened: it was written by a newer version of ArcFlow \(layout 2, this version reads up to 1\)$/,
      );
    });

    it('where the folder cannot be made', async () => {
      const directory = await temporaryDirectory();
      await writeFile(join(directory, 'file'), '');
      assert.throws(() => SqliteStore.open(join(directory, 'file', 'gallery')), {
        code: 'STORE_UNAVAILABLE',
        status: 'no gallery',
        message: /gallery cannot be opened: ENOTDIR/,
      });
    });
  });

  describe('whose files vanish while it is open', () => {
    const sample = sampleOf(direction(random, 128));

    for (const file of [DATABASE, LOG, `${DATABASE}-shm`]) {
      it(`says that ${file} was deleted, before it acknowledges anything`, async () => {
        const directory = await copied();
        const store = SqliteStore.open(directory);
        store.addSamples('Ada', [sample]);
        await rm(join(directory, file));
        for (const use of [
          () => store.addSamples('Ben', [sample]),
          () => store.removePerson('Ada'),
          () => store.people(),
          () => [...store.rows('test-512')],
        ])
          assert.throws(use, {
            code: 'STORE_UNAVAILABLE',
            message: new RegExp(`${file} was deleted while it was in use`),
          });
        store.close();
      });
    }

    it('says that they were replaced', async () => {
      const [directory, other] = [await copied(), await copied()];
      const store = SqliteStore.open(directory);
      await rename(join(other, DATABASE), join(directory, DATABASE));
      assert.throws(() => store.addSamples('Ada', [sample]), {
        message: /gallery\.sqlite was replaced while/,
      });
      store.close();
    });

    it('makes no new store in the place of one that was open', async () => {
      const directory = await temporaryDirectory();
      await mkdir(join(directory, 'gallery'));
      assert.throws(() => SqliteStore.open(join(directory, 'gallery'), { create: false }), {
        code: 'STORE_UNAVAILABLE',
        message: /gallery\.sqlite was deleted while it was in use/,
      });
      assert.deepEqual(await readdir(join(directory, 'gallery')), []);
      assert.ok(!(await readdir(join(directory, 'gallery'))).includes(RESERVE));
    });
  });
});
