import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readManifestFile, shippedManifestPath } from '../../lib/models/manifest';
import { sha256Of } from '../../lib/models/verify';

const SCRIPT = path.join(__dirname, '..', '..', 'scripts', 'build-models.ts');

interface Run {
  readonly code: number;
  readonly stderr: string;
}

function buildModels(...args: readonly string[]): Promise<Run> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--require', 'ts-node/register', SCRIPT, ...args],
      (error, _stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stderr });
      },
    );
  });
}

describe('build-models', () => {
  let out: string;
  beforeEach(() => {
    out = mkdtempSync(path.join(tmpdir(), 'arcflow-models-'));
  });
  afterEach(() => rmSync(out, { recursive: true }));

  it('has nothing to do and to say when everything is there', async () => {
    assert.deepEqual(await buildModels(), { code: 0, stderr: '' });
  });

  it('builds the networks again, byte for byte', async () => {
    const { code, stderr } = await buildModels('--out', out);
    assert.equal(code, 0, stderr);
    const { models } = readManifestFile(shippedManifestPath());
    assert.deepEqual(readdirSync(out).sort(), models.map(({ file }) => file).sort());
    for (const { file, sha256, bytes } of models) {
      const built = readFileSync(path.join(out, file));
      assert.deepEqual({ sha256: sha256Of(built), bytes: built.length }, { sha256, bytes }, file);
    }
  });

  it('refuses to ship another form of PReLU, or an unknown one', async () => {
    for (const [args, message] of [
      [['--prelu', 'plain'], '--prelu plain needs --out DIR, because the package ships the form folded'],
      [['--prelu', 'fast', '--out', '.'], 'Expected one of plain, folded for --prelu but received "fast"'],
    ] as const) {
      const { code, stderr } = await buildModels(...args);
      assert.equal(code, 1);
      assert.ok(stderr.includes(message), stderr);
    }
  });
});
