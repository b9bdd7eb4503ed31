/** The images, or other files, below a folder, in the order in which a person would count them. */
import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, join, relative } from 'node:path';
import { ArcFlowError, messageOf } from '../errors';

/** Formats that decodeImage reads, by extension. */
export const IMAGE_EXTENSIONS: ReadonlySet<string> = new Set([
  '.jpg',
  '.jpeg',
  '.png',
  '.webp',
  '.gif',
  '.avif',
  '.tif',
  '.tiff',
]);

export interface ImageFile {
  readonly path: string;
  /** Name of the sub-folder that the file lies in: the person, in a folder with one folder for each person. */
  readonly person?: string;
}

const byName = new Intl.Collator(undefined, { numeric: true }).compare;

/** @throws ArcFlowError INVALID_ARGUMENT when the folder is missing, no folder, or holds no image. */
export function listImages(folder: string): Promise<ImageFile[]> {
  return listFiles(folder, IMAGE_EXTENSIONS, 'images');
}

/**
 * @param extensions in small letters, each with its dot
 * @param what the files are called in the error
 * @throws ArcFlowError INVALID_ARGUMENT when the folder is missing, no folder, or holds no such file.
 */
export async function listFiles(
  folder: string,
  extensions: ReadonlySet<string>,
  what: string,
): Promise<ImageFile[]> {
  const paths = await readTree(folder);
  const files = paths.filter((path) => extensions.has(extname(path).toLowerCase())).sort(byName);
  if (files.length === 0)
    throw new ArcFlowError('INVALID_ARGUMENT', `The folder ${folder} holds no ${what}`, 'empty folder');
  return files.map((path) => {
    const inside = relative(folder, dirname(path));
    return { path, ...(inside !== '' && { person: basename(inside) }) };
  });
}

async function readTree(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true, recursive: true });
    return entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    throw new ArcFlowError(
      'INVALID_ARGUMENT',
      `The folder ${folder} cannot be read: ${messageOf(error)}`,
      'no such folder',
      { cause: error },
    );
  }
}
