/** Runs a trial as the command does. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endure } from '../../../scripts/endure/command';
import { TRIALS } from '../../../scripts/endure/trials';

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

export async function run(...args: string[]): Promise<Run> {
  let out = '';
  let error = '';
  const code = await endure(args, TRIALS, {
    out: { write: (text) => (out += text) },
    error: { write: (text) => (error += text) },
  });
  return { code, out, error };
}

/** What a trial prints as JSON; fails with all that broke unless it held, and unless it cleared up. */
export async function held(...args: string[]): Promise<Record<string, unknown>> {
  const folder = await mkdtemp(join(tmpdir(), 'arcflow-held-'));
  const usual = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  try {
    const { code, out, error } = await run(...args, '--json');
    assert.equal(out.trim().split('\n').length, 1, `${out}${error}`);
    const result = JSON.parse(out) as Record<string, unknown>;
    assert.deepEqual(result['broken'], [], out);
    assert.equal(code, 0);
    assert.deepEqual(await readdir(folder), []);
    return result;
  } finally {
    if (usual === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = usual;
    await rm(folder, { recursive: true, force: true });
  }
}
