import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  DEFAULT_EMBED_MODEL,
  embedModels,
  findDetectModel,
  findDetector,
  findEmbedModel,
  findFaceModel,
  readManifest,
  readManifestFile,
  requireModel,
  shippedManifestPath,
} from '../../../lib/models/manifest';
import { packageRoot } from '../../../lib/core/package-root';

const OWN = {
  id: 'own',
  task: 'embed',
  file: 'own.onnx',
  input: { width: 112, height: 112, colour: 'RGB', mean: 127.5, scale: 1 / 127.5 },
  dimension: 512,
};

describe('model manifest', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'arcflow-manifest-'));
    file = path.join(folder, 'models.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (...models: unknown[]): void => writeFileSync(file, JSON.stringify({ version: 1, models }));

  it('ships two detectors, two embedding networks and the fonts, each with its source', () => {
    const { models, detectors, fonts } = readManifest();
    assert.deepEqual(
      models.map(({ id, task }) => `${task} ${id}`),
      [
        'detect-proposal mtcnn-pnet',
        'detect-refine mtcnn-rnet',
        'detect-output mtcnn-onet',
        'detect ultraface-rfb-320',
        'embed arcface-mobilefacenet-512',
        'embed arcface-mobilefacenet-192',
      ],
    );
    for (const entry of [...models, ...fonts]) {
      assert.ok(path.isAbsolute(entry.path));
      assert.match(entry.sha256 ?? '', /^[0-9a-f]{64}$/);
      assert.match(entry.source?.integrity ?? '', /^sha512-/);
      assert.ok(entry.licence);
    }
    assert.ok(fonts.some(({ scripts }) => scripts.includes('Chinese')));
    assert.equal(
      findEmbedModel(embedModels({ models, detectors, fonts }), DEFAULT_EMBED_MODEL).dimension,
      512,
    );
  });

  it("adds a user's models after the shipped ones, their files relative to their manifest", () => {
    write(
      { ...OWN, title: 'My own', threshold: 0.3 },
      { ...OWN, id: 'other', file: path.resolve('/models/other.onnx') },
    );
    const models = embedModels(readManifest(file));
    assert.deepEqual(
      models.map(({ id }) => id),
      ['arcface-mobilefacenet-512', 'arcface-mobilefacenet-192', 'own', 'other'],
    );
    assert.deepEqual(models[2], {
      ...OWN,
      title: 'My own',
      threshold: 0.3,
      path: path.join(folder, 'own.onnx'),
    });
    assert.equal(models[3]?.path, path.resolve('/models/other.onnx'));
    assert.equal(models[3].title, 'other');
  });

  it("adds a user's detectors after the shipped ones, of own networks and of shipped ones", () => {
    const faces = { ...OWN, id: 'faces', task: 'detect' };
    const own = {
      id: 'mine',
      title: 'Mine',
      kind: 'ultraface',
      networks: { faces: 'faces', onet: 'mtcnn-onet' },
    };
    const plain = { id: 'plain', kind: 'mtcnn' };
    writeFileSync(file, JSON.stringify({ version: 1, models: [faces], detectors: [own, plain] }));
    const manifest = readManifest(file);
    assert.deepEqual(
      manifest.detectors.map(({ id }) => id),
      ['mtcnn', 'ultraface', 'mine', 'plain'],
    );
    assert.deepEqual(findDetector(manifest.detectors, 'mine'), own);
    assert.deepEqual(findDetector(manifest.detectors, 'plain'), { ...plain, title: 'plain', networks: {} });
    assert.equal(findDetectModel(manifest, 'faces').path, path.join(folder, 'own.onnx'));
    assert.throws(() => findDetectModel(manifest, DEFAULT_EMBED_MODEL), { code: 'MODEL_MISSING' });
    assert.throws(() => findDetector(manifest.detectors, 'absent'), {
      code: 'MODEL_MISSING',
      message: 'No detector absent is known; there are mtcnn, ultraface, mine, plain',
    });
  });

  it('declares what a network on a face sees and what its numbers mean, and names what is wrong there', () => {
    const output = { labels: ['fake', 'live'], activation: 'softmax' };
    const own = { ...OWN, task: 'face', crop: { box: 2.7 }, output };
    write(own, { ...own, id: 'other', crop: { template: 'arcface' }, output: { labels: ['age'] } });
    const manifest = readManifest(file);
    assert.deepEqual(findFaceModel(manifest, 'own').crop, { box: 2.7 });
    assert.deepEqual(findFaceModel(manifest, 'other').output, { labels: ['age'], activation: 'none' });
    assert.throws(() => findDetectModel(manifest, 'own'), { code: 'MODEL_MISSING' });
    const cases: [object, RegExp][] = [
      [{ crop: undefined }, /Expected \{ template \} or \{ box \} for crop of model own/],
      [{ crop: { box: 0.5 } }, /a number between 1 and 10 for crop\.box of model own .* received 0\.5/],
      [{ crop: { template: 'ffhq' } }, /one of arcface for crop\.template of model own/],
      [{ output: { labels: [] } }, /1 to 1000 names for output\.labels of model own/],
      [{ output: { labels: ['a', 'a'] } }, /names that differ for output\.labels of model own/],
      [{ output: { ...output, activation: 'relu' } }, /one of none, softmax, sigmoid for output\.activation/],
    ];
    for (const [change, message] of cases) {
      write({ ...own, ...change });
      assert.throws(() => readManifest(file), { code: 'INVALID_ARGUMENT', message });
    }
  });

  it('refuses a detector by the field that is wrong', () => {
    const own = { id: 'mine', kind: 'ultraface', networks: {} };
    const cases: [object, RegExp][] = [
      [{ ...own, id: 'mtcnn' }, /an id that no other detector has for id in .* but received "mtcnn"/],
      [{ ...own, kind: '' }, /a non-empty string for kind of detector mine \(detectors\[0\]/],
      [{ ...own, networks: [] }, /an object of model ids for networks of detector mine/],
      [{ ...own, networks: { faces: 7 } }, /a non-empty string for networks\.faces of detector mine/],
      [
        { ...own, networks: { faces: DEFAULT_EMBED_MODEL } },
        /one of mtcnn-pnet, .*, ultraface-rfb-320 for networks\.faces of detector mine in /,
      ],
    ];
    for (const [detector, message] of cases) {
      writeFileSync(file, JSON.stringify({ version: 1, detectors: [detector] }));
      assert.throws(() => readManifest(file), { code: 'INVALID_ARGUMENT', message });
    }
  });

  it('refuses a model that has the id of another one', () => {
    write({ ...OWN, id: DEFAULT_EMBED_MODEL });
    assert.throws(() => readManifest(file), {
      code: 'INVALID_ARGUMENT',
      message: `Expected an id that no other model has for id in ${file} but received "${DEFAULT_EMBED_MODEL}"`,
    });
  });

  const wrong: readonly (readonly [change: object, message: string])[] = [
    [{ id: '' }, 'Expected a non-empty string for id of models[0] of FILE but received ""'],
    [
      { task: 'classify' },
      'Expected one of detect-proposal, detect-refine, detect-output, detect, embed, face for task of model own (models[0] of FILE) but received "classify"',
    ],
    [{ file: 3 }, 'Expected a non-empty string for file of model own (models[0] of FILE) but received 3'],
    [
      { dimension: 512.5 },
      'Expected an integer between 2 and 4096 for dimension of model own (models[0] of FILE) but received 512.5',
    ],
    [
      { threshold: 36 },
      'Expected a number between -1 and 1 for threshold of model own (models[0] of FILE) but received 36',
    ],
    [
      { falseAcceptRates: [{ rate: 0.01, similarity: 0.3 }] },
      'Expected at least two { rate, similarity } for falseAcceptRates of model own (models[0] of FILE) but received an array of 1',
    ],
    [
      { falseAcceptRates: [{ rate: 0.01, similarity: 0.3 }, 0.4] },
      'Expected { rate, similarity } for falseAcceptRates of model own (models[0] of FILE)[1] but received 0.4',
    ],
    [
      {
        falseAcceptRates: [
          { rate: 0.01, similarity: 0.3 },
          { rate: 0, similarity: 0.4 },
        ],
      },
      'Expected a share of pairs above 0, at most 1 for falseAcceptRates of model own (models[0] of FILE)[1].rate but received 0',
    ],
    [
      {
        falseAcceptRates: [
          { rate: 0.001, similarity: 0.3 },
          { rate: 0.01, similarity: 0.4 },
        ],
      },
      'Expected a lower rate at a higher similarity for falseAcceptRates of model own (models[0] of FILE)[1] but received an object',
    ],
    [
      { input: undefined },
      'Expected an object for input of model own (models[0] of FILE) but received undefined',
    ],
    [
      { input: { ...OWN.input, width: 0 } },
      'Expected an integer between 1 and 1024 for input.width of model own (models[0] of FILE) but received 0',
    ],
    [
      { input: { ...OWN.input, colour: 'rgb' } },
      'Expected one of RGB, BGR for input.colour of model own (models[0] of FILE) but received "rgb"',
    ],
    [
      { input: { ...OWN.input, mean: [104, 117] } },
      'Expected a number or 3 of them for input.mean of model own (models[0] of FILE) but received an array of 2',
    ],
    [
      { input: { ...OWN.input, scale: 0 } },
      'Expected a number other than 0 for input.scale of model own (models[0] of FILE) but received 0',
    ],
    [
      { sha256: 'ABC' },
      'Expected 64 hexadecimal digits in lower case for sha256 of model own (models[0] of FILE) but received "ABC"',
    ],
    [
      { source: { package: 'p', version: '1.0.0', integrity: 'sha1-x', path: 'a' } },
      'Expected sha512-… for source.integrity of model own (models[0] of FILE) but received "sha1-x"',
    ],
  ];
  for (const [change, message] of wrong) {
    it(`names a wrong field: ${Object.keys(change).join()} ${JSON.stringify(Object.values(change)[0])}`, () => {
      write({ ...OWN, ...change });
      assert.throws(() => readManifest(file), {
        code: 'INVALID_ARGUMENT',
        message: message.replace('FILE', file),
      });
    });
  }

  it('refuses another version, and what is no manifest at all', () => {
    for (const [text, message] of [
      ['{"version":2}', `Expected 1 for version of ${file} but received 2`],
      ['[]', `Expected an object for ${file} but received an array of 0`],
      ['{"version":1,"models":{}}', `Expected an array for models of ${file} but received an object`],
    ] as const) {
      writeFileSync(file, text);
      assert.throws(() => readManifestFile(file), { code: 'INVALID_ARGUMENT', message });
    }
    writeFileSync(file, '{');
    assert.throws(() => readManifestFile(file), { code: 'INVALID_ARGUMENT', message: /is not JSON/ });
    const absent = path.join(folder, 'absent.json');
    assert.throws(() => readManifest(absent), {
      code: 'MODEL_MISSING',
      message: /absent\.json cannot be read: ENOENT/,
    });
  });

  it('names the embedding models there are when another one is asked for', () => {
    assert.throws(() => findEmbedModel(embedModels(readManifest()), 'mtcnn-pnet'), {
      code: 'MODEL_MISSING',
      message:
        'No embedding model mtcnn-pnet is known; there are arcface-mobilefacenet-512, arcface-mobilefacenet-192',
    });
  });

  it('hands out shipped networks whose files are as described', () => {
    const { path: file, task } = requireModel('mtcnn-pnet');
    assert.equal(file, path.join(path.dirname(shippedManifestPath()), 'mtcnn-pnet.onnx'));
    assert.equal(task, 'detect-proposal');
    assert.throws(() => requireModel('absent'), {
      code: 'MODEL_MISSING',
      message: 'No model absent is known',
    });
  });
});

describe('packageRoot', () => {
  it('is found from lib/ and from dist/lib/', () => {
    const root = packageRoot();
    assert.equal(packageRoot(path.join(root, 'lib', 'models')), root);
    assert.equal(packageRoot(path.join(root, 'dist', 'lib', 'models')), root);
  });

  it('passes over other packages on the way', () => {
    const outside = mkdtempSync(path.join(tmpdir(), 'arcflow-root-'));
    const inside = path.join(outside, 'node_modules', '@arcflow', 'node-red-arcflow', 'dist');
    mkdirSync(inside, { recursive: true });
    writeFileSync(path.join(inside, 'package.json'), '{"type":"commonjs"}');
    const root = path.dirname(inside);
    writeFileSync(path.join(root, 'package.json'), '{"name":"@arcflow/node-red-arcflow"}');
    assert.equal(packageRoot(inside), root);
    rmSync(path.join(root, 'package.json'));
    assert.throws(() => packageRoot(inside), /holds the package @arcflow\/node-red-arcflow/);
    rmSync(outside, { recursive: true });
  });
});
