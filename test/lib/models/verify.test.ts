import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PackageFile } from '../../../lib/models/manifest';
import { sha256Of, verifyModelFile } from '../../../lib/models/verify';

const CONTENT = Buffer.from('network');
const SOURCE: PackageFile = { package: 'p', version: '1.0.0', integrity: 'sha512-x', path: 'a.bin' };

describe('verifyModelFile', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'arcflow-verify-'));
    file = path.join(folder, 'network.onnx');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('passes a file that is as described, and one of which nothing is stated', () => {
    writeFileSync(file, CONTENT);
    verifyModelFile({ file, path: file });
    const second = path.join(folder, 'second.onnx');
    writeFileSync(second, CONTENT);
    verifyModelFile({ file, path: second, sha256: sha256Of(CONTENT) });
  });

  it('names a missing file, and for a shipped one what to run', () => {
    assert.throws(() => verifyModelFile({ file, path: file }), {
      code: 'MODEL_MISSING',
      message: `The model file ${file} is missing`,
    });
    assert.throws(() => verifyModelFile({ file, path: file, source: SOURCE }), {
      code: 'MODEL_MISSING',
      message: `The model file ${file} is missing; run \`npm run models\` to build it`,
    });
  });

  it('names a file that is another one, until it is put right', () => {
    writeFileSync(file, 'other');
    const described = { file, path: file, sha256: sha256Of(CONTENT), source: SOURCE };
    assert.throws(() => verifyModelFile(described), {
      code: 'MODEL_MISMATCH',
      message: `The model file ${file} is not the one that its manifest describes (its SHA-256 differs); run \`npm run models\` to build it`,
    });
    writeFileSync(file, CONTENT);
    verifyModelFile(described);
  });
});
