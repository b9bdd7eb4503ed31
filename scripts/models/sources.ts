/**
 * Source files by package. Those of networks stay in a cache of the project (the rest of their packages does not), so
 * that they are converted again, compared and tested without network.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { PackageFile } from '../../lib/models/manifest';
import { packageRoot } from '../../lib/core/package-root';
import { sha256Of } from '../../lib/models/verify';
import { fetchPackage } from './registry';
import { writeWhole } from './write-whole';

const CACHE = path.join(packageRoot(), '.cache', 'models');

export type Say = (line: string) => void;

/**
 * @param sources files of one package
 * @param keep whether the files go into the project's cache
 * @returns the files' bytes, in the order of `sources`, not yet checked one by one
 * @throws PackageUnavailable when the package is neither in the cache nor to be had from the registry
 */
export async function loadSources(
  sources: readonly PackageFile[],
  { keep, say }: { readonly keep: boolean; readonly say: Say },
): Promise<Buffer[]> {
  const fromCache = sources.map(readCached);
  if (fromCache.every((bytes) => bytes !== undefined)) return fromCache;
  const [wanted] = sources;
  if (wanted === undefined) return [];
  say(`fetching ${wanted.package}@${wanted.version}`);
  const { files, bytes } = await fetchPackage(
    wanted,
    sources.map((source) => source.path),
  );
  say(`fetched ${wanted.package}@${wanted.version} (${sizeText(bytes)})`);
  return sources.map((source) => {
    const file = files.get(source.path)!;
    if (keep) writeWhole(path.join(CACHE, sha256Of(file)), file);
    return file;
  });
}

/** A size for people. */
export function sizeText(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function readCached({ sha256 }: PackageFile): Buffer | undefined {
  if (sha256 === undefined) return undefined;
  const file = path.join(CACHE, sha256);
  if (!existsSync(file)) return undefined;
  const bytes = readFileSync(file);
  return sha256Of(bytes) === sha256 ? bytes : undefined;
}
