/** What a real Node-RED loads: dist/, built again where a source is newer than what was made of it. */
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './node-folder';

/** Builds the package unless dist/ is up to date. */
export function ensureBuilt(): void {
  if (!['lib', 'nodes'].flatMap(sourcesIn).some(isStale)) return;
  const { status, stdout, stderr } = spawnSync('npm', ['run', 'build'], { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The package does not build:\n${stdout}${stderr}`);
}

function sourcesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1));
}

function isStale(source: string): boolean {
  const built = statSync(join(ROOT, 'dist', source.replace(/\.ts$/, '.js')), { throwIfNoEntry: false });
  return !built || built.mtimeMs < statSync(join(ROOT, source)).mtimeMs;
}
