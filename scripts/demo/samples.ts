/** The demo's own photographs: group pictures that a development dependency ships, in which one person recurs. */
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { PROJECT } from '../shared/project';

const SOURCE = join(PROJECT, 'node_modules', '@vladmandic', 'face-api', 'demo');

/** Who is enrolled, from which picture, and where in it (pixels). The names are invented. */
const PEOPLE = [
  { name: 'Anna', photo: 'sample3.jpg', left: 970, top: 110, width: 400, height: 480 },
  { name: 'Maria', photo: 'sample3.jpg', left: 510, top: 230, width: 360, height: 450 },
  { name: '李娜', photo: 'sample3.jpg', left: 1410, top: 190, width: 380, height: 480 },
  { name: 'Zoë', photo: 'sample4.jpg', left: 180, top: 120, width: 340, height: 420 },
] as const;

const PHOTOS = ['sample1.jpg', 'sample2.jpg', 'sample3.jpg', 'sample5.jpg', 'sample6.jpg'] as const;

export interface Folders {
  readonly people: string;
  readonly photos: string;
}

/** Lays the samples out as the flow expects them: a folder for each person, and a folder of photographs. */
export async function writeSamples(folder: string): Promise<Folders> {
  const people = join(folder, 'people');
  const photos = join(folder, 'photos');
  await rm(folder, { recursive: true, force: true });
  await mkdir(photos, { recursive: true });
  for (const { name, photo, ...region } of PEOPLE) {
    await mkdir(join(people, name), { recursive: true });
    await sharp(join(SOURCE, photo))
      .extract(region)
      .jpeg({ quality: 95 })
      .toFile(join(people, name, photo));
  }
  for (const photo of PHOTOS) await copyFile(join(SOURCE, photo), join(photos, photo));
  return { people, photos };
}
