/** The files of a store, whatever they are called. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** All files below a directory, as paths; none when it is missing. */
export async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(missingIsEmpty);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** The content of all files. One that vanishes meanwhile has none. */
export async function contentsBelow(directory: string): Promise<Buffer[]> {
  const files = await filesBelow(directory);
  return Promise.all(
    files.map((file) =>
      readFile(file).catch((error: unknown) => {
        missingIsEmpty(error);
        return Buffer.alloc(0);
      }),
    ),
  );
}

function missingIsEmpty(error: unknown): [] {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
  throw error;
}
