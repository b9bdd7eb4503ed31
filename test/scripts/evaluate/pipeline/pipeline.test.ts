import assert from 'node:assert/strict';
import { appendFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createFrame } from '../../../../lib/image/frame';
import { codeFiles, fingerprint, installedVersions } from '../../../../scripts/evaluate/pipeline/fingerprint';
import { nearestCentre, withBorder } from '../../../../scripts/evaluate/pipeline/locate';
import { describeSeconds, Progress } from '../../../../scripts/shared/progress';
import { contentKey, ResultCache, type Codec } from '../../../../scripts/evaluate/pipeline/result-cache';

describe('evaluation pipeline', () => {
  describe('choice of the person', () => {
    const box = (x: number, y: number, side: number) => ({ box: { x, y, width: side, height: side } });

    it('prefers the face at the centre to a larger one at the edge, and the larger of two near the centre', () => {
      const image = { width: 250, height: 250 };
      const centred = box(85, 85, 80);
      assert.equal(nearestCentre([box(0, 0, 100), centred], image), centred);
      assert.equal(nearestCentre([box(115, 115, 20), centred], image), centred);
      assert.equal(nearestCentre<typeof centred>([], image), undefined);
    });

    it('puts the image in the middle of a black border', () => {
      const frame = createFrame(2, 1);
      frame.data.set([1, 2, 3, 4, 5, 6]);
      const larger = withBorder(frame, 1);
      assert.deepEqual([larger.width, larger.height], [4, 3]);
      const row = [...larger.data.subarray(12, 24)];
      assert.deepEqual(row, [0, 0, 0, 1, 2, 3, 4, 5, 6, 0, 0, 0]);
      assert.equal(
        larger.data.reduce((sum, value) => sum + value, 0),
        21,
      );
    });
  });

  describe('cache', () => {
    const codec: Codec<number> = {
      encode: (value) => value,
      decode: (value) => (typeof value === 'number' ? value : undefined),
    };
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'arcflow-cache-'));
    });
    afterEach(() => rm(folder, { recursive: true }));

    it('finds in the next run what this one computed', async () => {
      const first = await ResultCache.open(folder, 'numbers', codec);
      first.set('a', 1);
      first.set('b', 2);
      await first.close();
      const second = await ResultCache.open(folder, 'numbers', codec);
      assert.deepEqual([second.get('a'), second.get('b'), second.get('c')], [1, 2, undefined]);
    });

    it('goes on after a run that was cut short in the middle of a line', async () => {
      const file = join(folder, 'numbers.jsonl');
      await writeFile(file, '{"key":"a","value":1}\n{"key":"b","val');
      const resumed = await ResultCache.open(folder, 'numbers', codec);
      assert.deepEqual([resumed.get('a'), resumed.get('b')], [1, undefined]);
      resumed.set('b', 2);
      await resumed.close();
      await appendFile(file, '{"key":"c","value":"no number"}\n');
      const again = await ResultCache.open(folder, 'numbers', codec);
      assert.deepEqual([again.get('a'), again.get('b'), again.get('c')], [1, 2, undefined]);
    });

    it('writes nothing without a folder, nor before there is a result', async () => {
      const cache = await ResultCache.open(undefined, 'numbers', codec);
      cache.set('a', 1);
      assert.equal(cache.get('a'), 1);
      await cache.close();
      await (await ResultCache.open(folder, 'numbers', codec)).close();
      assert.deepEqual(await readdir(folder), []);
    });

    it('knows content, whatever it is called', () => {
      assert.equal(contentKey(Buffer.from('face')), contentKey(new Uint8Array(Buffer.from('face'))));
      assert.notEqual(contentKey(Buffer.from('face')), contentKey(Buffer.from('fac')));
    });
  });

  describe('fingerprint', () => {
    let root: string;
    let network: string;
    const write = async (file: string, content: string) => {
      await mkdir(dirname(join(root, file)), { recursive: true });
      await writeFile(join(root, file), content);
    };
    const installed = (folder: string, version: string, dependencies = {}, optionalDependencies = {}) =>
      write(
        `${folder}/package.json`,
        JSON.stringify({ name: folder, version, dependencies, optionalDependencies }),
      );
    const now = (options: unknown = { flip: false }) => fingerprint([network], options, root);

    beforeEach(async () => {
      root = await mkdtemp(join(tmpdir(), 'arcflow-fingerprint-'));
      network = join(root, 'network.onnx');
      await writeFile(network, 'weights');
      await installed('.', '1.0.0', { runtime: '^1.0.0', pictures: '^2.0.0' });
      await installed('node_modules/runtime', '1.0.0');
      await installed('node_modules/pictures', '2.0.0', { helper: '1' }, { codecs: '3', elsewhere: '4' });
      await installed('node_modules/pictures/node_modules/helper', '1.0.0');
      await installed('node_modules/codecs', '3.0.0');
      await installed('node_modules/unrelated', '1.0.0');
      await write('lib/detect/detector.ts', 'export const scale = 0.709;');
      await write('kernels/build/image.wasm', 'loops');
      await write('models/manifest.json', '{}');
      await write('scripts/evaluate/pipeline/locate.ts', 'export const border = 0.5;');
      await write('scripts/evaluate/readers/pgm.ts', 'export const depth = 255;');
    });
    afterEach(() => rm(root, { recursive: true }));

    it('differs with everything that can move a number', async () => {
      const changes: Record<string, () => Promise<void>> = {
        'a default of the detector': () => write('lib/detect/detector.ts', 'export const scale = 0.7;'),
        'a source that nothing imported before': () => write('lib/engine/worker.ts', ''),
        'the name of a source': () =>
          rename(join(root, 'lib/detect/detector.ts'), join(root, 'lib/detect/cascade.ts')),
        'a kernel': () => write('kernels/build/image.wasm', 'other loops'),
        'the manifest': () => write('models/manifest.json', '{"version":1}'),
        'how the person is chosen': () => write('scripts/evaluate/pipeline/locate.ts', ''),
        'how a picture is read': () => write('scripts/evaluate/readers/pgm.ts', ''),
        'the weights': () => writeFile(network, 'Weights'),
        'the inference library': () => installed('node_modules/runtime', '1.0.1'),
        'a library of a library': () => installed('node_modules/pictures/node_modules/helper', '1.1.0'),
        'the library of this platform': () => installed('node_modules/codecs', '3.0.1'),
      };
      const seen = new Set([now()]);
      for (const [what, change] of Object.entries(changes)) {
        await change();
        assert.ok(!seen.has(now()), what);
        seen.add(now());
      }
      assert.equal(now(), now());
      assert.notEqual(now(), now({ flip: true }));
      assert.notEqual(now(), fingerprint([], { flip: false }, root));
    });

    it('stays with what cannot move a number', async () => {
      const before = now();
      await write('docs/accuracy.md', 'Accuracy');
      await write('scripts/evaluate/report/page.ts', '');
      await installed('node_modules/unrelated', '2.0.0');
      assert.equal(now(), before);
    });

    it('covers what this package computes with', () => {
      const files = codeFiles();
      for (const file of [
        'kernels/build/image.wasm',
        'lib/face-models/align.ts',
        'lib/engine/operations.ts',
        'lib/detect/mtcnn/options.ts',
        'models/manifest.json',
        'scripts/evaluate/pipeline/locate.ts',
        'scripts/evaluate/readers/pgm.ts',
      ]) {
        assert.ok(files.includes(file), file);
      }
      const versions = [...installedVersions().keys()];
      for (const library of ['onnxruntime-node', 'onnxruntime-common', 'sharp'])
        assert.ok(versions.includes(library), library);
      assert.ok(versions.some((name) => name.startsWith('@img/sharp-')));
    });
  });

  describe('progress', () => {
    const run = (isTTY: boolean) => {
      const written: string[] = [];
      let now = 0;
      const target = { isTTY, write: (text: string) => written.push(text) };
      const progress = new Progress('lfw', 100, target, () => now);
      for (let step = 0; step < 40; step++) {
        now += 1000;
        progress.step();
      }
      progress.end();
      return written;
    };

    it('reports speed and time left now and then in a log', () => {
      assert.deepEqual(run(false), [
        'lfw: 15 of 100, 1.0 a second, 1 min 25 s left\n',
        'lfw: 30 of 100, 1.0 a second, 1 min 10 s left\n',
      ]);
    });

    it('renews one line on a terminal and clears it at the end', () => {
      const written = run(true);
      assert.equal(written.length, 41);
      assert.equal(written[0], '\rlfw: 1 of 100, 1.0 a second, 1 min 39 s left\u001b[K');
      assert.equal(written.at(-1), '\r\u001b[K');
    });

    it('describes durations', () => {
      assert.deepEqual([0.4, 59.4, 60, 3600, 7505].map(describeSeconds), [
        '0 s',
        '59 s',
        '1 min 0 s',
        '1 h 0 min',
        '2 h 5 min',
      ]);
    });
  });
});
