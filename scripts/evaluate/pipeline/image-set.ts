/** The images that a protocol asks about, wherever they come from. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface ImageSource {
  /** As the protocol's list names it; unique in a set. */
  readonly name: string;
  /** The encoded image. */
  readonly read: () => Promise<Uint8Array>;
  /** The image is an aligned crop already: no face is looked for. */
  readonly aligned?: boolean;
}

export function imageFile(folder: string, name: string): ImageSource {
  return { name, read: () => readFile(join(folder, name)) };
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
