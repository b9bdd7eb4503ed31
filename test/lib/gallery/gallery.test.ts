import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import workerThreads from 'node:worker_threads';
import type { Worker } from 'node:worker_threads';
import type { GalleryChange } from '../../../lib/gallery/gallery';
import { openGallery } from '../../../lib/gallery/open-gallery';
import { toDocument } from '../../../lib/gallery/person-document';
import type { GalleryHandle } from '../../../lib/gallery/open-gallery';
import { embeddingOf } from './enrol-forever';
import {
  direction,
  nearby,
  numbers,
  removeTemporaryDirectories,
  sampleOf,
  temporaryDirectory,
  withoutId,
} from './support';

const MODEL = 'test-512';
const OPTIONS = { threshold: 0.5, topK: 3 };

describe('Gallery', () => {
  const random = numbers(21);
  const [ada, ben, cleo, stranger] = [1, 2, 3, 4].map(() => direction(random, 512)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  let handle: GalleryHandle;
  let gallery: GalleryHandle['gallery'];

  beforeEach(async () => {
    handle = await openGallery(await temporaryDirectory());
    ({ gallery } = handle);
  });

  afterEach(async () => {
    await handle.close();
    await removeTemporaryDirectories();
  });

  const enrol = (person: string, embedding: Float32Array, model = MODEL) =>
    gallery.enrol(person, sampleOf(embedding, { model }));

  async function personOf(probe: Float32Array): Promise<string | null> {
    const [match] = await gallery.match([probe], MODEL, OPTIONS);
    return match!.person;
  }

  describe('match', () => {
    it('knows nobody in an empty gallery', async () => {
      assert.deepEqual(await gallery.match([ada], MODEL, OPTIONS), [
        { person: null, similarity: 0, threshold: 0.5, known: false, candidates: [] },
      ]);
      assert.deepEqual(await gallery.match([], MODEL, OPTIONS), []);
    });

    it('takes a threshold that depends on how many samples the probes are compared with', async () => {
      const threshold = (samples: number): number => samples / 10;
      const at = async (model: string): Promise<number> =>
        (await gallery.match([ada], model, { threshold, topK: 1 }))[0]!.threshold;
      assert.equal(await at(MODEL), 0);
      await enrol('Ada', ada);
      await enrol('Ada', nearby(random, ada, 0.6));
      await enrol('Ben', ben);
      await enrol('Ben', ben, 'another');
      assert.deepEqual([await at(MODEL), await at('another')], [0.3, 0.1]);
      await gallery.remove('Ben');
      assert.equal(await at(MODEL), 0.2);
      await assert.rejects(gallery.match([ada], MODEL, { threshold: () => 2, topK: 1 }), {
        message: 'Expected a number between -1 and 1 for threshold but received 2',
      });
    });

    it('answers for each probe with the best sample of the best people', async () => {
      await enrol('Ada', ada);
      await enrol('Ada', nearby(random, ada, 0.6));
      await enrol('Ben', ben);
      await enrol('Cleo', cleo);
      const probes = [nearby(random, ben, 0.3), stranger, ada];
      const [first, second, third] = await gallery.match(probes, MODEL, OPTIONS);
      assert.equal(first!.person, 'Ben');
      assert.equal(first!.known, true);
      assert.equal(first!.candidates.length, 3);
      assert.deepEqual(first!.candidates[0], { person: 'Ben', similarity: first!.similarity });
      assert.ok(Math.abs(first!.similarity - 0.96) < 0.02, `${first!.similarity}`);
      assert.ok(Math.abs(third!.similarity - 1) < 1e-6 && third!.similarity <= 1);

      assert.equal(second!.person, null);
      assert.equal(second!.known, false);
      const byHand = [ada, ben, cleo].map((sample) =>
        sample.reduce((sum, value, i) => sum + value * stranger[i]!, 0),
      );
      assert.ok(
        Math.max(...second!.candidates.map(({ similarity }) => similarity)) >= Math.max(...byHand) - 1e-9,
      );
      const similarities = second!.candidates.map(({ similarity }) => similarity);
      assert.deepEqual(
        similarities,
        similarities.toSorted((a, b) => b - a),
      );
    });

    it('names somebody from the threshold on, and lists as many candidates as were asked for', async () => {
      await enrol('Ada', ada);
      const probe = nearby(random, ada, 0.5);
      const [{ similarity } = { similarity: 0 }] = await gallery.match([probe], MODEL, OPTIONS);
      const at = await gallery.match([probe], MODEL, { threshold: similarity, topK: 0 });
      assert.deepEqual(at, [
        { person: 'Ada', similarity, threshold: similarity, known: true, candidates: [] },
      ]);
      const [above] = await gallery.match([probe], MODEL, { threshold: similarity + 1e-9, topK: 1 });
      assert.equal(above!.person, null);
      assert.deepEqual(above!.candidates, [{ person: 'Ada', similarity }]);
    });

    it('compares within one model only', async () => {
      await enrol('Ada', ada);
      await enrol('Ben', ada, 'another');
      assert.equal(await personOf(ada), 'Ada');
      assert.deepEqual(
        (await gallery.match([ada], 'another', OPTIONS)).map(({ person }) => person),
        ['Ben'],
      );
      assert.deepEqual(
        (await gallery.match([ada], 'a third', OPTIONS)).map(({ person }) => person),
        [null],
      );
    });

    it('refuses probes that are none', async () => {
      await enrol('Ada', ada);
      await assert.rejects(gallery.match([ada, ada.map((value) => 2 * value)], MODEL, OPTIONS), {
        code: 'INVALID_ARGUMENT',
        message: /^Expected a vector of length 1 for probes\[1\] but received (1\.99|2\.00)/,
      });
      await assert.rejects(gallery.match([direction(random, 128)], MODEL, OPTIONS), {
        code: 'MODEL_MISMATCH',
        message: `Expected 512 values for an embedding of model "${MODEL}", as in the gallery's samples, but received 128`,
      });
      await assert.rejects(gallery.match([ada], MODEL, { threshold: 2, topK: 1 }), {
        message: 'Expected a number between -1 and 1 for threshold but received 2',
      });
      await assert.rejects(gallery.match([ada], MODEL, { threshold: 0, topK: -1 }), {
        code: 'INVALID_ARGUMENT',
      });
      assert.equal(await personOf(ada), 'Ada');
    });
  });

  describe('enrol', () => {
    it('is seen by a match that starts after it, before and after the index is loaded', async () => {
      await enrol('Ada', ada);
      assert.equal(await personOf(ada), 'Ada');
      await enrol('Ben', ben);
      assert.equal(await personOf(ben), 'Ben');
    });

    it('says how many samples the person has', async () => {
      const first = await enrol(' Ada', ada);
      const second = await enrol('Ada', ben);
      assert.deepEqual(second, { person: 'Ada', sampleId: second.sampleId, samples: 2, duplicate: false });
      assert.notEqual(first.sampleId, second.sampleId);
    });

    it('stores the same picture once, for each person and model', async () => {
      const first = await enrol('Ada', ada);
      const again = nearby(random, ada, 0.02);
      assert.deepEqual(await enrol('Ada', again), { ...first, duplicate: true });
      assert.equal((await enrol('Ada', ada, 'another')).duplicate, false);
      assert.equal((await enrol('Ben', ada)).duplicate, false);
      assert.equal((await enrol('Ada', nearby(random, ada, 0.1))).samples, 3);
    });

    it('asks before a face gets a second name', async () => {
      const options = { unlessLike: 0.7 };
      const again = (person: string, noise: number, confirmed = false) =>
        gallery.enrol(person, sampleOf(nearby(random, ada, noise)), confirmed ? {} : options);
      await gallery.enrol('Ada', sampleOf(ada), options);
      await assert.rejects(again('Ben', 0.01), {
        code: 'FACE_KNOWN',
        status: 'looks like Ada',
        message:
          'Not enrolled as "Ben": this looks like "Ada", 1.00; set msg.confirm to true to enrol it all the same',
      });
      assert.equal((await gallery.list()).length, 1);
      assert.equal((await again('Ada', 0.3)).samples, 2);
      assert.equal((await again('Ben', 1.5)).samples, 1, 'a face that is not so alike');

      assert.equal((await again('Cleo', 0.3, true)).samples, 1);
      const [own] = await gallery.samples('Cleo');
      const likeOwn = sampleOf(nearby(random, own!.embedding, 0.1));
      assert.equal((await gallery.enrol('Cleo', likeOwn, options)).samples, 2, 'most like her own');
      await assert.rejects(gallery.enrol('Ada', likeOwn, options), { status: 'looks like Cleo' });
      await assert.rejects(again('Ben', 0.3), { code: 'FACE_KNOWN' });
      await assert.rejects(gallery.enrol('Ada', sampleOf(ada), { unlessLike: 2 }), {
        code: 'INVALID_ARGUMENT',
      });
    });

    it('does not bring a former name back', async () => {
      const options = { unlessLike: 0.7 };
      await gallery.enrol('Ada', sampleOf(ada), options);
      await gallery.rename('Ada', 'Adele');
      await assert.rejects(gallery.enrol('Ada', sampleOf(ada), options), { status: 'looks like Adele' });
      assert.deepEqual(
        (await gallery.list()).map(({ person }) => person),
        ['Adele'],
      );
    });

    it('refuses what cannot be a sample', async () => {
      for (const [sample, message] of [
        [sampleOf(new Float32Array(512)), /vector of length 1 for embedding/],
        [sampleOf(ada, { model: '' }), /non-empty string for model/],
        [sampleOf(ada, { time: NaN }), /a number for time/],
        [sampleOf(ada, { source: 7 as unknown as string }), /a string for source/],
      ] as const) {
        await assert.rejects(gallery.enrol('Ada', sample), { code: 'INVALID_ARGUMENT', message });
      }
      await assert.rejects(enrol('A\tda', ada), { code: 'INVALID_ARGUMENT' });
      assert.deepEqual(await gallery.list(), []);
    });

    it('keeps its order with everything else that happens at once', async () => {
      const people = Array.from({ length: 30 }, () => direction(random, 512));
      await enrol('Ada', ada);
      await personOf(ada);
      const work = people.map(async (embedding, i) => {
        const name = `P${i}`;
        await enrol(name, embedding);
        assert.equal(await personOf(embedding), name);
        if (i % 3 === 0) {
          await gallery.remove(name);
          assert.equal(await personOf(embedding), null);
        } else if (i % 3 === 1) {
          await gallery.rename(name, `${name}!`);
          assert.equal(await personOf(embedding), `${name}!`);
        }
      });
      const matches = people.map((embedding, i) =>
        personOf(embedding).then((name) => assert.ok(name === null || name.startsWith(`P${i}`))),
      );
      await Promise.all([...work, ...matches]);
      assert.equal((await gallery.list()).length, 21);
    });
  });

  describe('verify', () => {
    it('compares with one person, by the best sample', async () => {
      await enrol('Ada', ada);
      await enrol('Ada', ben);
      await enrol('Cleo', cleo);
      const probe = nearby(random, ben, 0.3);
      const result = await gallery.verify(probe, 'Ada', MODEL, 0.5);
      assert.deepEqual(
        { ...result, similarity: 0 },
        { same: true, person: 'Ada', similarity: 0, threshold: 0.5, samples: 2 },
      );
      assert.ok(Math.abs(result.similarity - 0.96) < 0.02);
      assert.equal((await gallery.verify(probe, 'Cleo', MODEL, 0.5)).same, false);
      const at = await gallery.verify(probe, 'Ada', MODEL, result.similarity);
      assert.equal(at.same, true);
    });

    it('says who or what is missing', async () => {
      await enrol('Ada', ada);
      await assert.rejects(gallery.verify(ada, 'Zoe', MODEL, 0.5), {
        code: 'PERSON_UNKNOWN',
        message: 'Nobody called "Zoe" is in the gallery',
      });
      await assert.rejects(gallery.verify(ada, 'Ada', 'another', 0.5), {
        code: 'MODEL_MISMATCH',
        message: '"Ada" has no sample that was embedded with model "another"; enrol the person with it',
      });
      await assert.rejects(gallery.verify(direction(random, 64), 'Ada', MODEL, 0.5), {
        code: 'MODEL_MISMATCH',
      });
    });
  });

  describe('remove and rename', () => {
    beforeEach(async () => {
      await enrol('Ada', ada);
      await enrol('Ben', ben);
      await enrol('Ben', cleo);
      await personOf(ada);
    });

    it('forgets a person at once', async () => {
      assert.deepEqual(await gallery.remove('Ben'), { person: 'Ben', removed: 2, left: 0 });
      assert.equal(await personOf(ben), null);
      assert.equal(await personOf(ada), 'Ada');
      await assert.rejects(gallery.remove('Ben'), { code: 'PERSON_UNKNOWN', message: /"Ben"/ });
    });

    it('forgets a sample', async () => {
      const [first] = await gallery.samples('Ben');
      assert.deepEqual(await gallery.removeSample(first!.id), { person: 'Ben', removed: 1, left: 1 });
      assert.equal(await personOf(ben), null);
      assert.equal(await personOf(cleo), 'Ben');
      await assert.rejects(gallery.removeSample(first!.id), {
        message: `Expected the id of a sample in the gallery for sampleId but received ${first!.id}`,
      });
    });

    it('renames', async () => {
      assert.deepEqual(await gallery.rename('Ben', ' Benno '), {
        person: 'Benno',
        samples: 2,
        merged: false,
      });
      assert.equal(await personOf(cleo), 'Benno');
      await assert.rejects(gallery.rename('Ben', 'X'), { code: 'PERSON_UNKNOWN' });
      assert.deepEqual(await gallery.rename('Ada', 'Ada'), { person: 'Ada', samples: 1, merged: false });
    });

    it('merges when asked to', async () => {
      await assert.rejects(gallery.rename('Ada', 'Ben'), {
        code: 'INVALID_ARGUMENT',
        status: 'name taken',
        message:
          '"Ada" cannot be renamed to "Ben", who is in the gallery already; ask for a merge to make them one person',
      });
      assert.deepEqual(await gallery.rename('Ada', 'Ben', { merge: true }), {
        person: 'Ben',
        samples: 3,
        merged: true,
      });
      assert.equal(await personOf(ada), 'Ben');
      await gallery.remove('Ben');
      for (const probe of [ada, ben, cleo]) assert.equal(await personOf(probe), null);
    });
  });

  it('lists people by name, and the models', async () => {
    await gallery.enrol('Zoe', sampleOf(ada, { time: 5 }));
    await gallery.enrol('Émile', sampleOf(ben, { time: 7 }));
    await gallery.enrol('Zoe', sampleOf(cleo, { time: 3, model: 'b' }));
    assert.deepEqual(await gallery.list(), [
      { person: 'Émile', samples: 1, models: [MODEL], firstTime: 7, lastTime: 7 },
      { person: 'Zoe', samples: 2, models: ['b', MODEL], firstTime: 3, lastTime: 5 },
    ]);
    assert.deepEqual(await gallery.models(), [
      { model: 'b', dimension: 512, samples: 1 },
      { model: MODEL, dimension: 512, samples: 2 },
    ]);
  });

  it('exports a person as JSON that another gallery imports', async () => {
    const thumbnail = Buffer.from([0xff, 0xd8, 0xff]);
    await gallery.enrol('Ada', sampleOf(ada, { thumbnail }));
    await gallery.enrol('Ada', sampleOf(ben, { source: '', time: 1 }));
    const document: unknown = JSON.parse(JSON.stringify(await gallery.export('Ada')));
    const before = (await gallery.samples('Ada')).map(withoutId);
    assert.deepEqual(await gallery.import(document), { person: 'Ada', added: 0, samples: 2 });
    await gallery.remove('Ada');
    assert.deepEqual(await gallery.import(document), { person: 'Ada', added: 2, samples: 2 });
    const after = (await gallery.samples('Ada')).map(withoutId);
    assert.deepEqual(after, before);
    assert.equal(await personOf(ben), 'Ada');
    await assert.rejects(gallery.export('Ben'), { code: 'PERSON_UNKNOWN' });
  });

  it('imports the same picture once, however often it comes', async () => {
    const document = toDocument(
      'Ada',
      [ada, ada, nearby(random, ada, 0.01), ben].map((one) => sampleOf(one)),
    );
    assert.deepEqual(await gallery.import(JSON.stringify(document)), { person: 'Ada', added: 2, samples: 2 });
    assert.deepEqual(await gallery.import(document), { person: 'Ada', added: 0, samples: 2 });
  });

  it('imports all of a document or nothing', async () => {
    const { samples, ...document } = toDocument('Ada', [sampleOf(ada), sampleOf(direction(random, 64))]);
    await assert.rejects(gallery.import({ ...document, samples }), { code: 'MODEL_MISMATCH' });
    await assert.rejects(gallery.import({ ...document, samples: [] }), {
      message: 'Expected 1 to 50000 samples for document.samples but received an array of 0',
    });
    await assert.rejects(gallery.import({ ...document, samples: [samples[0], () => 1] }), {
      code: 'INVALID_ARGUMENT',
    });
    assert.deepEqual(await gallery.list(), []);
  });

  it('tells of every change, to every handle', async () => {
    const other = await openGallery((await openedDirectory()).location);
    const changes: GalleryChange[] = [];
    const listener = (change: GalleryChange): void => void changes.push(change);
    other.gallery.on('change', listener);
    await enrol('Ada', ada);
    await enrol('Ada', ada);
    await gallery.rename('Ada', 'Ben');
    await gallery.remove('Ben');
    await assert.rejects(gallery.remove('Ben'));
    assert.deepEqual(changes, [
      { type: 'enrolled', person: 'Ada', samples: 1 },
      { type: 'renamed', from: 'Ada', person: 'Ben', samples: 1 },
      { type: 'removed', person: 'Ben', samples: 0 },
    ]);
    await other.close();
  });

  async function openedDirectory(): Promise<{ location: string }> {
    await handle.close();
    const location = await temporaryDirectory();
    handle = await openGallery(location);
    ({ gallery } = handle);
    return { location };
  }

  it('sees what another process enrols and removes', async () => {
    const { location } = await openedDirectory();
    await enrol('Ada', ada);
    assert.equal(await personOf(ada), 'Ada');
    const changes: GalleryChange[] = [];
    gallery.on('change', (change) => changes.push(change));
    const child = spawn(
      process.execPath,
      ['--require', 'ts-node/register', join(__dirname, 'enrol-forever.ts'), location, '1', 'stepwise'],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    const exited = once(child, 'exit');
    const mine: Float32Array[] = [];
    child.stdin.write('\n');
    for await (const line of createInterface(child.stdout)) {
      const person = Number(line.slice(2));
      assert.equal(await personOf(embeddingOf(person)), line.startsWith('+') ? `P${person}` : null, line);
      child.stdin.write('\n'); // from here on both processes write at the same time
      mine.push(direction(random, 512));
      await enrol(`mine ${mine.length}`, mine.at(-1)!);
      if (line.startsWith('-')) break;
    }
    child.kill('SIGKILL');
    await exited;
    for (const [i, embedding] of mine.entries()) assert.equal(await personOf(embedding), `mine ${i + 1}`);
    assert.ok(changes.some(({ type }) => type === 'reloaded'));
  });

  describe('whose thread dies', () => {
    const { Worker: RealWorker } = workerThreads;
    const workers: Worker[] = [];
    /** Called when the next message has been kept from its thread: a match that cannot end before the thread does. */
    let onHeld: (() => void) | undefined;

    before(() => {
      workerThreads.Worker = class extends RealWorker {
        constructor(...options: ConstructorParameters<typeof RealWorker>) {
          super(...options);
          workers.push(this);
        }

        override postMessage(...message: Parameters<Worker['postMessage']>): void {
          if (onHeld) {
            onHeld();
            onHeld = undefined;
          } else {
            super.postMessage(...message);
          }
        }
      };
    });
    after(() => {
      workerThreads.Worker = RealWorker;
    });

    it('fails the match under way, and opens the gallery again for the next', async () => {
      await enrol('Ada', ada);
      await personOf(ada);
      const held = new Promise<void>((resolve) => (onHeld = resolve));
      const lost = assert.rejects(personOf(ada), {
        code: 'ENGINE_CRASHED',
        status: 'gallery crashed',
        message: "The gallery's thread died on this message (exit code 1); it is replaced",
      });
      await held;
      await workers.at(-1)!.terminate();
      await lost;
      assert.equal(await personOf(ada), 'Ada');
      const before = workers.length;
      await workers.at(-1)!.terminate();
      await enrol('Ben', ben);
      assert.equal(await personOf(ben), 'Ben');
      assert.equal(workers.length, before + 1);
    });
  });

  it('is closed for good: nothing works, nothing hangs', async () => {
    await enrol('Ada', ada);
    const running = gallery.match([ada], MODEL, OPTIONS).catch((error: unknown) => error);
    const enrolling = enrol('Ben', ben).catch((error: unknown) => error);
    await Promise.all([handle.close(), handle.close()]);
    const closed = { code: 'ENGINE_CLOSED' };
    const outcome = await running;
    assert.ok(
      Array.isArray(outcome) || (outcome as { code?: string }).code === 'ENGINE_CLOSED',
      String(outcome),
    );
    assert.equal(((await enrolling) as { code?: string }).code, 'ENGINE_CLOSED');
    for (const call of [
      () => gallery.match([ada], MODEL, OPTIONS),
      () => gallery.verify(ada, 'Ada', MODEL, 0.5),
      () => enrol('Ada', ada),
      () => gallery.list(),
      () => gallery.samples('Ada'),
      () => gallery.remove('Ada'),
    ])
      await assert.rejects(call(), closed);
  });
});
