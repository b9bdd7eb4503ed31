import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  DEFAULT_EMBED_MODEL,
  embedModels,
  findEmbedModel,
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

  it('ships the cascade, two embedding networks and the fonts, each with its source', () => {
    const { models, fonts } = readManifest();
    assert.deepEqual(
      models.map(({ id, task }) => `${task} ${id}`),
      [
        'detect-proposal mtcnn-pnet',
        'detect-refine mtcnn-rnet',
        'detect-output mtcnn-onet',
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
    assert.equal(findEmbedModel(embedModels({ models, fonts }), DEFAULT_EMBED_MODEL).dimension, 512);
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
      'Expected one of detect-proposal, detect-refine, detect-output, embed for task of model own (models[0] of FILE) but received "classify"',
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
