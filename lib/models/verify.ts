/** Checks that a network's file is there and is the one that its manifest describes. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { ArcFlowError } from '../core/errors';
import type { BuiltFile } from './manifest';

/** Files that were right once: hashing megabytes for every session would be a waste. */
const verified = new Set<string>();

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * The file is read once in a process; later calls return at once.
 * @throws ArcFlowError MODEL_MISSING when there is no file, MODEL_MISMATCH when its SHA-256 differs from the stated one
 */
export function verifyModelFile({ path, sha256, source }: BuiltFile): void {
  if (verified.has(path)) return;
  const remedy = source ? '; run `npm run models` to build it' : '';
  if (!existsSync(path)) {
    throw new ArcFlowError('MODEL_MISSING', `The model file ${path} is missing${remedy}`, 'model missing');
  }
  if (sha256 !== undefined && sha256Of(readFileSync(path)) !== sha256) {
    const message = `The model file ${path} is not the one that its manifest describes (its SHA-256 differs)${remedy}`;
    throw new ArcFlowError('MODEL_MISMATCH', message, 'model differs');
  }
  verified.add(path);
}
