/** The images that a protocol asks about, wherever they come from. */
import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';

export interface ImageSource {
  /** As the protocol's list names it; unique in a set. */
  readonly name: string;
  /** The encoded image. */
  readonly read: () => Promise<Uint8Array>;
  /** The image is an aligned crop already: no face is looked for. */
  readonly aligned?: boolean;
}

/** What the evaluation reads, by extension; PGM is the AT&T faces'. */
export const EXTENSIONS = ['.jpg', '.jpeg', '.png', '.webp', '.gif', '.avif', '.tif', '.tiff', '.pgm'];

/** @param name as the set's list has it: relative to the folder, or absolute */
export function imageFile(folder: string, name: string): ImageSource {
  return { name, read: () => readNamed(folder, name) };
}

/**
 * Other people's copies of a set differ from its list, which stays as it was published: in the format and the case of
 * the extension, in the separators of folders, in how an accent is composed.
 */
async function readNamed(folder: string, name: string): Promise<Buffer> {
  try {
    return await readFile(resolve(folder, name));
  } catch (error) {
    for (const other of isMissing(error) ? spellingsOf(name) : []) {
      const bytes = await readFile(resolve(folder, other)).catch(() => undefined);
      if (bytes) return bytes;
    }
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function spellingsOf(name: string): string[] {
  const slashed = name.replaceAll('\\', '/');
  const names = [...new Set([slashed, slashed.normalize('NFC'), slashed.normalize('NFD')])];
  const extensions = ['', ...EXTENSIONS.flatMap((extension) => [extension, extension.toUpperCase()])];
  return names.flatMap((path) => {
    const stem = path.slice(0, path.length - extname(path).length);
    return extensions.map((extension) => (extension === '' ? path : `${stem}${extension}`));
  });
}

/** Gives each image that is asked for an index, once, in the order of the first asking. */
export class ImageIndex {
  private readonly indices = new Map<string, number>();
  readonly images: ImageSource[] = [];

  constructor(private readonly open: (name: string) => ImageSource) {}

  of(name: string): number {
    const known = this.indices.get(name);
    if (known !== undefined) return known;
    this.images.push(this.open(name));
    this.indices.set(name, this.images.length - 1);
    return this.images.length - 1;
  }
}
