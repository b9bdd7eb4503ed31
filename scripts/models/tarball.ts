/** Picks files out of a package's tarball while it streams by. */
import type { Readable } from 'node:stream';
import { list } from 'tar';

/**
 * Reads the stream to its end, so that its sender can check the whole of it.
 * @param wanted paths inside the package
 * @returns the wanted files that the tarball holds, by path
 */
export async function pickFiles(
  tarball: Readable,
  wanted: ReadonlySet<string>,
): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const entries: Promise<unknown>[] = [];
  const parser = list({
    strict: true,
    onReadEntry: (entry) => {
      // Everything in a package's tarball lies in one folder, mostly named "package".
      const path = entry.path.slice(entry.path.indexOf('/') + 1);
      if (wanted.has(path)) entries.push(entry.concat().then((content) => files.set(path, content)));
      else entry.resume();
    },
  });
  await new Promise<void>((resolve, reject) => {
    tarball.once('error', reject);
    parser.once('error', reject);
    parser.once('end', resolve);
    tarball.pipe(parser);
  });
  await Promise.all(entries);
  return files;
}
