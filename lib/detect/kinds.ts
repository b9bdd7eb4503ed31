/**
 * The kinds of detectors there are: every file of kinds/ is one. They are read from the folder, so that a new kind is a new
 * file and nothing else.
 */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, extname, join } from 'node:path';
import { oneOf } from '../core/validate';
import type { DetectorKind } from './detector';

const FOLDER = join(__dirname, 'kinds');
/** .js once built; .ts when the project runs from its sources. */
const EXTENSION = extname(__filename);

let known: readonly DetectorKind[] | undefined;

/** In the order of their files' names. */
export function detectorKinds(): readonly DetectorKind[] {
  known ??= readKinds();
  return known;
}

/** @throws ArcFlowError INVALID_ARGUMENT that names the kinds there are */
export function kindOf({ id, kind }: { readonly id: string; readonly kind: string }): DetectorKind {
  const kinds = detectorKinds();
  const found = oneOf(
    kind,
    `kind of detector ${id}`,
    kinds.map((candidate) => candidate.id),
  );
  return kinds.find((candidate) => candidate.id === found)!;
}

function readKinds(): DetectorKind[] {
  const load = createRequire(__filename);
  return readdirSync(FOLDER)
    .filter((file) => extname(file) === EXTENSION && !file.endsWith('.d.ts'))
    .sort()
    .map((file) => (load(join(FOLDER, basename(file, EXTENSION))) as { kind: DetectorKind }).kind);
}
