/**
 * Identifies a way of computing by the sources, kernels and networks that take part and by its options: whoever changes the
 * alignment never sees an embedding from before.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { packageRoot } from '../../../lib/models/package-root';

/** The relative imports of a source that are there at run time. */
const IMPORT = /^(?:import|export)(?! type\b)[^'"]*? from '(\.[^']*)'/gm;

/** A source file and all of ours that it imports, directly or not; absolute paths. */
export function sourcesOf(entry: string, found = new Set<string>()): Set<string> {
  if (found.has(entry)) return found;
  found.add(entry);
  for (const [, target] of readFileSync(entry, 'utf8').matchAll(IMPORT)) {
    const file = `${join(dirname(entry), target!)}.ts`;
    if (existsSync(file)) sourcesOf(file, found);
  }
  return found;
}

/** The sources behind the entries, and the pixel loops, which sources load instead of importing them; absolute paths. */
export function filesOf(entries: readonly string[]): string[] {
  const sources = new Set<string>();
  for (const entry of entries) sourcesOf(join(packageRoot(), entry), sources);
  const kernels = join(packageRoot(), 'kernels', 'build');
  return [...sources, ...readdirSync(kernels).map((name) => join(kernels, name))].sort();
}

/**
 * @param entries source files, relative to the package
 * @param networks absolute paths of network files
 */
export function fingerprint(
  entries: readonly string[],
  networks: readonly string[],
  options: unknown,
): string {
  const hash = createHash('sha256').update(JSON.stringify(options));
  for (const file of filesOf(entries)) hash.update(relative(packageRoot(), file)).update(readFileSync(file));
  for (const file of networks) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}
