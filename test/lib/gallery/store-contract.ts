/** What every store must pass, whatever it keeps its people in. */
import assert from 'node:assert/strict';
import type { NewSample } from '../../../lib/gallery/sample';
import type { Store } from '../../../lib/gallery/store';
import { direction, numbers, sampleOf } from './support';

export interface StoreUnderTest {
  /** An empty store. */
  readonly open: () => Promise<Store>;
  /** The same store after a restart. */
  readonly reopen: (store: Store) => Promise<Store>;
  /** Everything that the store keeps anywhere, for a search in it. */
  readonly bytes: (store: Store) => Promise<Buffer>;
}

export function storeContract({ open, reopen, bytes }: StoreUnderTest): void {
  const random = numbers(11);
  const someSample = (extra: Partial<NewSample> = {}): NewSample => sampleOf(direction(random, 512), extra);

  it('keeps every field of a sample over a restart, bit by bit', async () => {
    const bare = someSample({ source: '', time: 0.5 });
    const full = someSample({
      thumbnail: Buffer.from('a small JPEG'),
      source: '门口 camera',
      model: 'other',
    });
    const large = someSample({ thumbnail: Buffer.alloc(50_000, 'x'), time: -0 });
    let store = await open();
    const { personId, sampleIds, samples } = await store.addSamples('Ada', [bare, full, large]);
    assert.equal(samples, 3);
    store = await reopen(store);
    assert.deepEqual(
      await store.samples(personId),
      [bare, full, { ...large, time: 0 }].map((sample, i) => ({ ...sample, id: sampleIds[i] })),
    );
    assert.deepEqual(await store.embeddings(personId, 'other'), new Map([[sampleIds[1], full.embedding]]));
    assert.deepEqual(await store.embeddings(personId, 'none'), new Map());
    assert.deepEqual(await store.names([personId, 77]), new Map([[personId, 'Ada']]));
    assert.deepEqual(await store.find('Ada'), { personId, samples: 3 });
    assert.equal(await store.find('Bea'), undefined);
    assert.deepEqual(await store.samples(77), []);
  });

  it('summarises people and models', async () => {
    const store = await open();
    await store.addSamples('Ada', [someSample({ time: 30 }), someSample({ time: 10, model: 'b' })]);
    await store.addSamples('Ben', [someSample({ time: 20 })]);
    await store.addSamples('Ada', [someSample({ time: 20 })]);
    assert.deepEqual(
      (await store.people()).sort((a, b) => a.person.localeCompare(b.person)),
      [
        { person: 'Ada', samples: 3, models: ['b', 'test-512'], firstTime: 10, lastTime: 30 },
        { person: 'Ben', samples: 1, models: ['test-512'], firstTime: 20, lastTime: 20 },
      ],
    );
    assert.deepEqual(await store.models(), [
      { model: 'b', dimension: 512, samples: 1 },
      { model: 'test-512', dimension: 512, samples: 3 },
    ]);
  });

  it('never gives an id again', async () => {
    let store = await open();
    const first = await store.addSamples('Ada', [someSample()]);
    await store.removePerson('Ada');
    store = await reopen(store);
    const second = await store.addSamples('Ada', [someSample()]);
    assert.ok(second.sampleIds[0]! > first.sampleIds[0]!);
    assert.ok(second.personId > first.personId);
  });

  it('gives all rows of one model', async () => {
    const store = await open();
    const samples = Array.from({ length: 2300 }, (_, i) =>
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

  it('can be changed while nobody reads its rows to the end', async () => {
    const store = await open();
    await store.addSamples(
      'Ada',
      Array.from({ length: 1500 }, () => sampleOf(direction(random, 16))),
    );
    for await (const rows of store.rows('test-512')) {
      assert.ok(rows.sampleIds.length > 0);
      break;
    }
    assert.equal((await store.removePerson('Ada'))?.removed, 1500);
    for await (const rows of store.rows('test-512')) assert.fail(`${rows.sampleIds.length} rows`);
  });

  it('refuses another dimension for a model, by name, and takes nothing of that transaction', async () => {
    const store = await open();
    await store.addSamples('Ada', [someSample()]);
    const before = await store.revision();
    await assert.rejects(
      async () => store.addSamples('Ben', [someSample(), sampleOf(direction(random, 128))]),
      {
        code: 'MODEL_MISMATCH',
        message:
          'Expected 512 values for an embedding of model "test-512", as in the gallery\'s samples, but received 128',
      },
    );
    assert.equal(await store.find('Ben'), undefined);
    assert.deepEqual(await store.models(), [{ model: 'test-512', dimension: 512, samples: 1 }]);
    assert.equal(await store.revision(), before);
  });

  it('takes a new dimension once no sample of the model is left', async () => {
    const store = await open();
    await store.addSamples('Ada', [someSample()]);
    await store.removePerson('Ada');
    await store.addSamples('Ada', [sampleOf(direction(random, 128))]);
    assert.deepEqual(await store.models(), [{ model: 'test-512', dimension: 128, samples: 1 }]);
  });

  it('removes a sample, and the person with the last one', async () => {
    const store = await open();
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
    let store = await open();
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
    store = await reopen(store);
    assert.deepEqual(await store.people(), [
      { person: 'Ben', samples: 2, models: ['test-512'], firstTime: 1, lastTime: 2 },
    ]);
    assert.equal((await store.removeSample(ada.sampleIds[0]!))?.personId, ben.personId);
  });

  it('counts changes and nothing else', async () => {
    const store = await open();
    const { revision } = await store.addSamples('Ada', [someSample()]);
    await store.removePerson('Ben');
    await store.removeSample(99);
    await store.renamePerson('Ben', 'Cleo', true);
    assert.equal(await store.revision(), revision);
    await store.addSamples('Ada', [someSample()]);
    assert.equal(await store.revision(), revision + 1);
  });

  it('does what was asked for at once, one after the other', async () => {
    const store = await open();
    await Promise.all(
      Array.from({ length: 40 }, async (_, i) => store.addSamples(`P${i % 4}`, [someSample()])),
    );
    const people = await store.people();
    assert.deepEqual(
      people.map(({ samples }) => samples),
      [10, 10, 10, 10],
    );
  });

  describe('erasing', () => {
    /** Every 16 bytes of the secrets that the store still keeps somewhere. */
    async function found(store: Store, secrets: readonly Buffer[]): Promise<Set<string>> {
      const kept = await bytes(store);
      const pieces = new Map<number, Buffer[]>();
      for (const secret of secrets) {
        for (let at = 0; at + 16 <= secret.length; at += 16) {
          const start = secret.readUInt32LE(at);
          pieces.set(start, [...(pieces.get(start) ?? []), secret.subarray(at, at + 16)]);
        }
      }
      assert.ok(pieces.size > 0);
      const hits = new Set<string>();
      for (let at = 0; at + 16 <= kept.length; at++) {
        for (const piece of pieces.get(kept.readUInt32LE(at)) ?? []) {
          if (piece.equals(kept.subarray(at, at + 16))) hits.add(piece.toString('hex'));
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
        Buffer.from(thumbnail!),
      ]),
    ];

    for (const dimension of [512, 64]) {
      it(`leaves nothing of anybody who was removed, with ${dimension} dimensions`, async () => {
        const store = await open();
        const people = new Map<string, NewSample[]>();
        const names = Array.from({ length: 120 }, () => word(8));
        // Enough people and changes for the trees to have split, merged and moved their pages.
        for (let round = 0; round < 3; round++) {
          for (const name of names) {
            const sample = secretSample(dimension);
            people.set(name, [...(people.get(name) ?? []), sample]);
            await store.addSamples(name, [sample]);
          }
        }
        const [gone, kept] = [names.filter((_, i) => i % 3 === 2), names.filter((_, i) => i % 3 !== 2)];
        for (const name of gone) await store.removePerson(name);
        const secrets = gone.flatMap((name) => secretsOf(name, people.get(name)!));
        assert.deepEqual(await found(store, secrets), new Set());
        assert.equal((await store.people()).length, kept.length);
        for (const name of kept.slice(0, 9)) {
          const { personId } = (await store.find(name))!;
          const samples = (await store.samples(personId)).map(({ id, ...sample }) => {
            assert.ok(id > 0);
            return sample;
          });
          assert.deepEqual(samples, people.get(name));
          assert.ok((await found(store, secretsOf(name, people.get(name)!))).size > 100);
        }
      }).timeout(60_000);
    }

    it('leaves nothing of a removed sample, nor of a person with very many', async () => {
      const store = await open();
      const many = Array.from({ length: 700 }, () => secretSample(64));
      const [gone, kept] = [secretSample(512), secretSample(512)];
      await store.addSamples('Ada', many);
      const { sampleIds } = await store.addSamples('Ben', [
        { ...gone, model: 'b' },
        { ...kept, model: 'b' },
      ]);
      await store.removeSample(sampleIds[0]!);
      assert.equal((await store.removePerson('Ada'))?.removed, 700);
      assert.deepEqual(await found(store, secretsOf('Ada', [gone, ...many])), new Set());
      assert.ok((await found(store, secretsOf('Ben', [kept]))).size > 100);
      assert.deepEqual(await store.models(), [{ model: 'b', dimension: 512, samples: 1 }]);
    });

    it('leaves nothing of a former name either, after a rename and after a merge', async () => {
      const store = await open();
      const [former, name, other] = [word(8), word(8), word(8)];
      await store.addSamples(former, [secretSample(512)]);
      await store.addSamples(other, [secretSample(512)]);
      await store.renamePerson(former, name, false);
      await store.renamePerson(other, name, true);
      const again = await reopen(store);
      const names = [former, other].map((gone) => Buffer.from(gone));
      assert.deepEqual(await found(again, names), new Set());
      assert.ok((await found(again, secretsOf(name, []))).size > 0);
    });

    it('takes a former name out of the sources of the samples, however it is spelt there', async () => {
      const store = await open();
      const { personId } = await store.addSamples('Anna Müller', [
        someSample({ source: 'people/Anna Müller/1.jpg' }),
        someSample({ source: 'people/anna_mueller-2.png' }),
        someSample({ source: 'garden camera' }),
      ]);
      const { personId: ben } = await store.addSamples('Benjamin', [someSample({ source: 'BENJAMIN.jpg' })]);
      await store.renamePerson('Anna Müller', 'Anne', false);
      const sources = async (id: number): Promise<string[]> =>
        (await store.samples(id)).map(({ source }) => source);
      assert.deepEqual(await sources(personId), ['', '', 'garden camera']);
      await store.renamePerson('Benjamin', 'Anne', true);
      assert.deepEqual(await sources(personId), ['', '', 'garden camera', '']);
      assert.deepEqual(await sources(ben), []);
      assert.doesNotMatch((await bytes(store)).toString('latin1'), /anna.m|benjamin/i);
    });

    it('does not let the store grow with every removal', async () => {
      const store = await open();
      const cycle = async (): Promise<void> => {
        await store.addSamples('Ada', [secretSample(512)]);
        await store.removePerson('Ada');
      };
      for (let i = 0; i < 5; i++) await cycle();
      const before = (await bytes(store)).length;
      for (let i = 0; i < 50; i++) await cycle();
      assert.equal((await bytes(store)).length, before);
    });
  });
}
