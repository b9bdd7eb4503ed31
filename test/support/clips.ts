/** Clips with people in them, made of the sample photographs. */
import { writeFileSync } from 'node:fs';
import sharp from 'sharp';
import { samplePhoto } from './images';

/** Part of a sample photograph with one person in it, pixels. */
export interface Scene {
  readonly photo: Parameters<typeof samplePhoto>[0];
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Anna in a photograph of which the demo enrols her, and in another one. */
export const ANNA: Scene = { photo: 3, left: 920, top: 60, width: 520, height: 580 };
export const ANNA_ELSEWHERE: Scene = { photo: 1, left: 1340, top: 90, width: 480, height: 536 };
/** 李娜, who is as much like Anna as one pair in a thousand. */
export const LI_NA: Scene = { photo: 3, left: 1410, top: 150, width: 420, height: 520 };

/** Of the clip; the faces in it are about 100 pixels wide. */
const WIDTH = 360;

/**
 * Writes JPEG after JPEG, which FFmpeg plays at 25 a second: the scene, moving a little, and then nobody.
 * @param frames with the person, and with nobody
 */
export async function writeScene(
  path: string,
  { photo, ...window }: Scene,
  frames: { readonly person: number; readonly nobody: number },
): Promise<void> {
  const size = { width: WIDTH, height: Math.round((WIDTH * window.height) / window.width) };
  const jpegs: Buffer[] = [];
  for (let n = 0; n < frames.person; n++) {
    const region = sharp(samplePhoto(photo)).extract({ ...window, left: window.left + n });
    jpegs.push(await region.resize(size.width, size.height).jpeg({ quality: 92 }).toBuffer());
  }
  const nobody = await sharp({ create: { ...size, channels: 3, background: '#808080' } })
    .jpeg()
    .toBuffer();
  writeFileSync(path, Buffer.concat([...jpegs, ...Array.from({ length: frames.nobody }, () => nobody)]));
}
