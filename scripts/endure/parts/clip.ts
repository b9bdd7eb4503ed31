/** What the flows of the trials look at: a clip made of the sample photographs, people to enrol, and photographs. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { writeSamples, type Folders } from '../../demo/samples';
import { PROJECT } from '../../shared/project';
import { UsageError } from '../../shared/usage-error';
import type { Workplace } from './workplace';

export interface Material extends Folders {
  /** A clip that FFmpeg plays. */
  readonly clip: string;
}

const PHOTO = join(PROJECT, 'node_modules', '@vladmandic', 'face-api', 'demo', 'sample3.jpg');
/** The part of the photograph that the clip begins with, pixels: three people stand in it. */
const WINDOW = { left: 480, top: 60, width: 960, height: 540 };
const SIZE = { width: 640, height: 360 };
/** Pixels of the photograph from frame to frame. */
const STEP = 6;
/** At FFmpeg's 25 frames a second for pictures: two seconds with people, half a second without. */
const FRAMES = { people: 50, nobody: 12 };

/** @param clip of the user's own, instead of the made one */
export async function prepareMaterial(workplace: Workplace, clip?: string): Promise<Material> {
  if (clip !== undefined && !existsSync(clip))
    throw new UsageError(`Expected a clip for --clip but there is no file ${clip}`);
  const folders = await writeSamples(workplace.path('samples'));
  if (clip !== undefined) return { ...folders, clip: resolve(clip) };
  const made = workplace.path('clip.mjpeg');
  await writeFile(made, Buffer.concat(await clipPictures()));
  return { ...folders, clip: made };
}

/** The frames of the clip as JPEGs: people who move a little, and then nobody. */
export async function clipPictures(): Promise<Buffer[]> {
  const pictures: Buffer[] = [];
  for (let n = 0; n < FRAMES.people; n++) {
    const window = { ...WINDOW, left: WINDOW.left + n * STEP };
    pictures.push(await sharp(PHOTO).extract(window).resize(SIZE).jpeg({ quality: 88 }).toBuffer());
  }
  const nobody = await sharp({ create: { ...SIZE, channels: 3, background: '#808080' } })
    .jpeg()
    .toBuffer();
  return [...pictures, ...Array.from({ length: FRAMES.nobody }, () => nobody)];
}
