/** The photographs that everything is measured on, at the wanted sizes. */
import { join } from 'node:path';
import sharp from 'sharp';
import { listImages } from '../lib/image/folder';
import { packageRoot } from '../lib/core/package-root';
import type { Size } from './options';

/** Group photographs of a development dependency. */
const SAMPLES = join(packageRoot(), 'node_modules', '@vladmandic', 'face-api', 'demo');
const SAMPLE_FILE = /sample\d\.jpg$/;
/** As cameras and their streams compress, about. */
const QUALITY = 92;

/** The paths of the first photographs of a folder, or of the samples. */
export async function choosePhotos(folder: string | undefined, count: number): Promise<string[]> {
  const files = (await listImages(folder ?? SAMPLES)).map(({ path }) => path);
  return files.filter((path) => folder !== undefined || SAMPLE_FILE.test(path)).slice(0, count);
}

/** A photograph scaled and cut to a size, as JPEG. */
export function resizePhoto(path: string, { width, height }: Size): Promise<Buffer> {
  return sharp(path)
    .autoOrient()
    .resize(width, height, { fit: 'cover' })
    .jpeg({ quality: QUALITY })
    .toBuffer();
}
