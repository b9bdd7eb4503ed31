import assert from 'node:assert/strict';
import { readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { open } from 'lmdb';
import { LmdbStore } from '../../../lib/gallery/lmdb-store';
import { checkSpace } from '../../../lib/gallery/lmdb-files';
import type { NewSample } from '../../../lib/gallery/sample';
import {
  direction,
  numbers,
  removeTemporaryDirectories,
  sampleOf,
  temporaryDirectory,
  withoutId,
} from './support';

describe('LmdbStore', () => {
  const random = numbers(11);
  const stores = new Set<LmdbStore>();

  async function opened(directory?: string): Promise<LmdbStore> {
    const store = await LmdbStore.open(directory ?? (await temporaryDirectory()));
    stores.add(store);
    return store;
  }

  async function reopened(store: LmdbStore): Promise<LmdbStore> {
    await store.close();
    stores.delete(store);
    return opened(store.location);
  }

  const someSample = (extra: Partial<NewSample> = {}): NewSample => sampleOf(direction(random, 512), extra);

  afterEach(async () => {
    for (const store of stores) await store.close();
    stores.clear();
    await removeTemporaryDirectories();
  });

  it('keeps every field of a sample over a restart, bit by bit', async () => {
    const bare = someSample({ source: '', time: 0.5 });
    const full = someSample({
      thumbnail: Buffer.from('a small JPEG'),
      source: '门口 camera',
      model: 'other',
    });
    const large = someSample({ thumbnail: Buffer.alloc(50_000, 'x') });
    let store = await opened();
    const { personId, sampleIds, samples } = await store.addSamples('Ada', [bare, full, large]);
    assert.equal(samples, 3);
    store = await reopened(store);
    assert.deepEqual(
      await store.samples(personId),
      [bare, full, large].map((sample, i) => ({ ...sample, id: sampleIds[i] })),
    );
    assert.deepEqual(await store.embeddings(personId, 'other'), new Map([[sampleIds[1], full.embedding]]));
    assert.deepEqual(await store.names([personId, 77]), new Map([[personId, 'Ada']]));
    assert.deepEqual(await store.find('Ada'), { personId, samples: 3 });
    assert.equal(await store.find('Bea'), undefined);
  });

  it('summarises people and models', async () => {
    const store = await opened();
    await store.addSamples('Ada', [someSample({ time: 30 }), someSample({ time: 10, model: 'b' })]);
    await store.addSamples('Ben', [someSample({ time: 20 })]);
    await store.addSamples('Ada', [someSample({ time: 20 })]);
    assert.deepEqual(await store.people(), [
      { person: 'Ada', samples: 3, models: ['b', 'test-512'], firstTime: 10, lastTime: 30 },
      { person: 'Ben', samples: 1, models: ['test-512'], firstTime: 20, lastTime: 20 },
    ]);
    assert.deepEqual(await store.models(), [
      { model: 'b', dimension: 512, samples: 1 },
      { model: 'test-512', dimension: 512, samples: 3 },
    ]);
  });

  it('never gives an id again', async () => {
    let store = await opened();
    const first = await store.addSamples('Ada', [someSample()]);
    await store.removePerson('Ada');
    store = await reopened(store);
    const second = await store.addSamples('Ada', [someSample()]);
    assert.ok(second.sampleIds[0]! > first.sampleIds[0]!);
    assert.ok(second.personId > first.personId);
  });

  it('streams the rows of one model', async () => {
    const store = await opened();
    const samples = Array.from({ length: 1100 }, (_, i) =>
      sampleOf(direction(random, 16), { model: i % 2 === 0 ? 'even' : 'odd' }),
    );
    const { sampleIds, personId } = await store.addSamples('Ada', samples);
    const found = new Map<number, Float32Array>();
    for await (const rows of store.rows('odd')) {
      rows.sampleIds.forEach((id, i) => found.set(id, rows.embeddings.slice(i * 16, i * 16 + 16)));
      assert.ok(rows.personIds.every((id) => id === personId));
    }
    const odd = samples.flatMap(({ embedding, model }, i) =>
      model === 'odd' ? [[sampleIds[i]!, embedding] as const] : [],
    );
    assert.deepEqual(found, new Map(odd));
    for await (const rows of store.rows('unknown')) assert.fail(`${rows.sampleIds.length} rows`);
  });

  it('refuses another dimension for a model, by name, and takes nothing of that transaction', async () => {
    const store = await opened();
    await store.addSamples('Ada', [someSample()]);
    const before = await store.revision();
    await assert.rejects(store.addSamples('Ben', [someSample(), sampleOf(direction(random, 128))]), {
      code: 'MODEL_MISMATCH',
      message:
        'Expected 512 values for an embedding of model "test-512", as in the gallery\'s samples, but received 128',
    });
    assert.equal(await store.find('Ben'), undefined);
    assert.deepEqual(await store.models(), [{ model: 'test-512', dimension: 512, samples: 1 }]);
    assert.equal(await store.revision(), before);
  });

  it('takes a new dimension once no sample of the model is left', async () => {
    const store = await opened();
    await store.addSamples('Ada', [someSample()]);
    await store.removePerson('Ada');
    await store.addSamples('Ada', [sampleOf(direction(random, 128))]);
    assert.deepEqual(await store.models(), [{ model: 'test-512', dimension: 128, samples: 1 }]);
  });

  it('removes a sample, and the person with the last one', async () => {
    const store = await opened();
    const { personId, sampleIds } = await store.addSamples('Ada', [someSample(), someSample()]);
    const [first, second] = sampleIds;
    const { revision, ...removed } = (await store.removeSample(first!))!;
    assert.deepEqual(removed, { personId, person: 'Ada', removed: 1, left: 1 });
    assert.equal(revision, await store.revision());
    assert.equal(await store.removeSample(first!), undefined);
    assert.equal((await store.removeSample(second!))?.left, 0);
    assert.deepEqual(await store.people(), []);
    assert.deepEqual(await store.models(), []);
  });

  it('renames, and merges only when told to', async () => {
    let store = await opened();
    const ada = await store.addSamples('Ada', [someSample({ time: 1 })]);
    const ben = await store.addSamples('Ben', [someSample({ time: 2 })]);
    assert.equal(await store.renamePerson('Cleo', 'Ada', true), undefined);
    assert.equal(await store.renamePerson('Ada', 'Ben', false), 'taken');
    const { revision, ...renamed } = (await store.renamePerson('Ada', 'Adele', false)) as object & {
      revision: number;
    };
    assert.deepEqual(renamed, { personId: ada.personId, formerId: ada.personId, samples: 1 });
    assert.equal(revision, await store.revision());
    assert.equal(await store.find('Ada'), undefined);

    const merged = await store.renamePerson('Adele', 'Ben', true);
    assert.ok(typeof merged === 'object');
    assert.deepEqual([merged.personId, merged.formerId, merged.samples], [ben.personId, ada.personId, 2]);
    store = await reopened(store);
    assert.deepEqual(await store.people(), [
      { person: 'Ben', samples: 2, models: ['test-512'], firstTime: 1, lastTime: 2 },
    ]);
    assert.equal((await store.removeSample(ada.sampleIds[0]!))?.personId, ben.personId);
  });

  it('counts changes and nothing else', async () => {
    const store = await opened();
    const { revision } = await store.addSamples('Ada', [someSample()]);
    await store.removePerson('Ben');
    await store.removeSample(99);
    await store.renamePerson('Ben', 'Cleo', true);
    await store.scrub();
    assert.equal(await store.revision(), revision);
    await store.addSamples('Ada', [someSample()]);
    assert.equal(await store.revision(), revision + 1);
  });

  it('does what was asked for at once, one after the other', async () => {
    const store = await opened();
    await Promise.all(Array.from({ length: 40 }, (_, i) => store.addSamples(`P${i % 4}`, [someSample()])));
    const people = await store.people();
    assert.deepEqual(
      people.map(({ samples }) => samples),
      [10, 10, 10, 10],
    );
  });

  describe('erasing', () => {
    /** Every 16 bytes of the secrets that lie somewhere in the store's file. */
    async function found(store: LmdbStore, secrets: readonly Buffer[]): Promise<Set<string>> {
      const file = await readFile(join(store.location, 'data.mdb'));
      const pieces = new Map<number, Buffer[]>();
      for (const secret of secrets) {
        for (let at = 0; at + 16 <= secret.length; at += 16) {
          const start = secret.readUInt32LE(at);
          pieces.set(start, [...(pieces.get(start) ?? []), secret.subarray(at, at + 16)]);
        }
      }
      assert.ok(pieces.size > 0);
      const hits = new Set<string>();
      for (let at = 0; at + 16 <= file.length; at++) {
        for (const piece of pieces.get(file.readUInt32LE(at)) ?? []) {
          if (piece.equals(file.subarray(at, at + 16))) hits.add(piece.toString('hex'));
        }
      }
      return hits;
    }

    const word = (length: number): string =>
      Array.from({ length }, () => String.fromCharCode(0x4e00 + Math.floor(10_000 * (random() + 1)))).join(
        '',
      );

    const secretSample = (dimension: number): NewSample =>
      sampleOf(direction(random, dimension), {
        source: word(20),
        thumbnail: Buffer.from(
          Int32Array.from({ length: 200 + Math.floor(600 * (random() + 1)) }, () => 2 ** 31 * random())
            .buffer,
        ),
      });

    const secretsOf = (name: string, samples: readonly NewSample[]): Buffer[] => [
      Buffer.from(name),
      ...samples.flatMap(({ embedding, source, thumbnail }) => [
        Buffer.from(embedding.buffer),
        Buffer.from(source),
        thumbnail!,
      ]),
    ];

    /** Enough people and changes for the trees to have split, merged and moved their pages. */
    async function lived(store: LmdbStore, dimension: number): Promise<Map<string, NewSample[]>> {
      const people = new Map<string, NewSample[]>();
      const names = Array.from({ length: 150 }, () => word(8));
      for (let round = 0; round < 3; round++) {
        for (const name of names) {
          const sample = secretSample(dimension);
          people.set(name, [...(people.get(name) ?? []), sample]);
          await store.addSamples(name, [sample]);
        }
      }
      return people;
    }

    for (const dimension of [512, 64]) {
      it(`leaves nothing of a removed person in the file, with ${dimension} dimensions`, async () => {
        const store = await opened();
        const people = [...(await lived(store, dimension))];
        const [gone, kept] = [people.filter((_, i) => i % 10 === 9), people.filter((_, i) => i % 10 !== 9)];
        const secrets = gone.flatMap(([name, samples]) => secretsOf(name, samples));
        for (const [name] of gone) await store.removePerson(name);
        assert.ok((await found(store, secrets)).size > 1000, 'LMDB itself leaves what was removed');
        await store.scrub();
        assert.deepEqual(await found(store, secrets), new Set());

        assert.equal((await store.people()).length, kept.length);
        const [name, samples] = kept[7]!;
        const { personId } = (await store.find(name))!;
        assert.deepEqual((await store.samples(personId)).map(withoutId), samples);
      }).timeout(60_000);
    }

    it('finds the former names and removed samples too', async () => {
      const store = await opened();
      const [former, name] = [word(8), word(8)];
      const [gone, kept] = [secretSample(512), secretSample(512)];
      await store.addSamples(former, [gone, kept]);
      await store.renamePerson(former, name, false);
      await store.removeSample(1);
      await store.scrub();
      assert.deepEqual(await found(store, secretsOf(former, [gone])), new Set());
      assert.ok((await found(store, secretsOf(name, [kept]))).size > 100);
    });

    it('leaves nothing of a former name either, after a rename and after a merge', async () => {
      const store = await opened();
      const [former, name, other] = [word(8), word(8), word(8)];
      await store.addSamples(former, [secretSample(512)]);
      await store.addSamples(other, [secretSample(512)]);
      await store.renamePerson(former, name, false);
      await store.renamePerson(other, name, true);
      const again = await reopened(store);
      assert.deepEqual(
        await found(
          again,
          [former, other].flatMap((gone) => secretsOf(gone, [])),
        ),
        new Set(),
      );
      assert.ok((await found(again, secretsOf(name, []))).size > 0);
    });

    it('is made up for at the next opening', async () => {
      let store = await opened();
      const sample = secretSample(512);
      await store.addSamples('somebody of no interest', [sample]);
      await store.removePerson('somebody of no interest');
      assert.ok((await found(store, secretsOf('somebody of no interest', [sample]))).size > 100);
      store = await reopened(store);
      assert.deepEqual(await found(store, secretsOf('somebody of no interest', [sample])), new Set());
    });

    it('does not let the file grow with every removal', async () => {
      const store = await opened();
      const size = async (): Promise<number> => (await stat(join(store.location, 'data.mdb'))).size;
      const cycle = async (): Promise<void> => {
        await store.addSamples('Ada', [secretSample(512)]);
        await store.removePerson('Ada');
        await store.scrub();
      };
      for (let i = 0; i < 5; i++) await cycle();
      const before = await size();
      for (let i = 0; i < 20; i++) await cycle();
      assert.ok((await size()) - before < 2 ** 20, `${before} became ${await size()}`);
    });
  });

  describe('that cannot be opened', () => {
    it('names the directory and the reason', async () => {
      const directory = await temporaryDirectory();
      await writeFile(join(directory, 'file'), '');
      await assert.rejects(LmdbStore.open(join(directory, 'file', 'gallery')), {
        code: 'STORE_UNAVAILABLE',
        status: 'no gallery',
        message: new RegExp(
          `^The gallery in ${join(directory, 'file', 'gallery')} cannot be opened: ENOTDIR`,
        ),
      });
    });

    for (const [what, content] of [
      ['text', 'hello'],
      ['noise', Buffer.alloc(20_000, 7)],
    ] as const) {
      it(`because its file is ${what}`, async () => {
        const directory = await temporaryDirectory();
        await writeFile(join(directory, 'data.mdb'), content);
        await assert.rejects(LmdbStore.open(directory), {
          code: 'STORE_UNAVAILABLE',
          message: `The gallery in ${directory} cannot be opened: data.mdb is damaged, or not a gallery`,
        });
      });
    }

    it('because its file was cut short', async () => {
      const store = await opened();
      for (let i = 0; i < 50; i++) await store.addSamples(`P${i}`, [someSample()]);
      await store.close();
      stores.delete(store);
      await truncate(join(store.location, 'data.mdb'), 100_000);
      await assert.rejects(LmdbStore.open(store.location), { message: /cut short$/ });
    });

    it('because a newer version wrote it', async () => {
      const store = await opened();
      await store.close();
      stores.delete(store);
      const root = open({ path: store.location, noSubdir: false, overlappingSync: false });
      await root.openDB('meta', { encoding: 'json' }).put('schema', 2);
      await root.close();
      await assert.rejects(LmdbStore.open(store.location), {
        code: 'STORE_UNAVAILABLE',
        message:
          `The gallery in ${store.location} cannot be opened: ` +
          'it was written by a newer version of ArcFlow (layout 2, this version reads up to 1)',
      });
    });
  });

  it('makes its directory for its owner only', async () => {
    const directory = join(await temporaryDirectory(), 'new', 'gallery');
    await opened(directory);
    if (process.platform !== 'win32') assert.equal((await stat(directory)).mode & 0o777, 0o700);
  });

  it('stops before the disk is full', async () => {
    const directory = await temporaryDirectory();
    await checkSpace(directory, 1);
    await assert.rejects(checkSpace(directory, Number.MAX_SAFE_INTEGER), {
      message: /^the disk is nearly full: \d+ MB left, 8589934592 MB needed$/,
    });
  });
});
