/** Which faces the photographs have, and which of them a detector found. */
import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import sharp from 'sharp';
import { intersection, type Box, type Point } from '../lib/core/box';
import type { TrueFace } from '../scripts/evaluate/metrics/detection';
import { readPhotos } from '../scripts/evaluate/readers/photos-json';
import type { Size } from './options';

/** The faces of a photograph in pixels of its file; undefined where nobody has marked them. */
export type Truth = (path: string) => readonly TrueFace[] | undefined;

/** Narrower faces count neither way: no detector here is asked for them. */
const LEAST_WIDTH = 20;

const face = (x: number, y: number, width: number, height: number): TrueFace => ({
  box: { x, y, width, height },
  ignore: false,
});

/** The samples of @vladmandic/face-api, 1920 pixels wide; marked by eye, from forehead to chin. */
const SAMPLES: Readonly<Record<string, readonly TrueFace[]>> = {
  'sample1.jpg': [face(413, 354, 190, 242), face(828, 428, 207, 239), face(1464, 208, 218, 229)],
  'sample2.jpg': [face(360, 150, 170, 280), face(885, 255, 190, 240), face(1438, 167, 211, 235)],
  'sample3.jpg': [face(1054, 202, 231, 303), face(586, 318, 206, 274), face(1496, 285, 201, 294)],
  'sample4.jpg': [
    face(976, 184, 181, 232),
    face(658, 72, 173, 217),
    face(261, 210, 175, 235),
    face(1268, 148, 160, 230),
  ],
};

/** Of the samples, unless a file in the form of the evaluation's photos.json is given. */
export async function readTruth(file: string | undefined): Promise<Truth> {
  if (file === undefined) return (path) => SAMPLES[basename(path)];
  const photos = readPhotos(await readFile(file, 'utf8'), file);
  const faces = new Map(photos.map((photo) => [resolve(dirname(file), photo.path), photo.faces]));
  return (path) => faces.get(resolve(path));
}

/** The faces of a photograph after `resizePhoto`; those that were cut or became too small are ignored. */
export async function inResized(path: string, faces: readonly TrueFace[], size: Size): Promise<TrueFace[]> {
  const { autoOrient } = await sharp(path).metadata();
  return faces.map(({ box, ignore }) => {
    const resized = toResized(box, autoOrient, size);
    const seen = holds({ x: 0, y: 0, ...size }, centreOf(resized)) && resized.width >= LEAST_WIDTH;
    return { box: resized, ignore: ignore || !seen };
  });
}

/** Scaled to cover the size and cut equally on both sides. */
export function toResized({ x, y, width, height }: Box, from: Size, to: Size): Box {
  const scale = Math.max(to.width / from.width, to.height / from.height);
  return {
    x: x * scale - (from.width * scale - to.width) / 2,
    y: y * scale - (from.height * scale - to.height) / 2,
    width: width * scale,
    height: height * scale,
  };
}

/** How many faces a photograph has, how many of them were found, and how many boxes are on none. */
export interface FoundFaces {
  readonly present: number;
  readonly found: number;
  readonly falseAlarms: number;
}

/**
 * Judges the boxes of one photograph. Detectors draw boxes of very different extent about the same face, so what counts
 * is that each of the two centres lies in the other box.
 */
export function judgeBoxes(faces: readonly TrueFace[], boxes: readonly Box[]): FoundFaces {
  const free = new Set(boxes);
  const present = faces.filter(({ ignore }) => !ignore);
  const found = present.filter(({ box }) => {
    const hit = [...free].find((other) => holds(other, centreOf(box)) && holds(box, centreOf(other)));
    return hit !== undefined && free.delete(hit);
  });
  const ignored = faces.filter(({ ignore }) => ignore);
  const falseAlarms = [...free].filter((other) => !ignored.some(({ box }) => intersection(box, other) > 0));
  return { present: present.length, found: found.length, falseAlarms: falseAlarms.length };
}

function centreOf({ x, y, width, height }: Box): Point {
  return { x: x + width / 2, y: y + height / 2 };
}

function holds(outer: Box, { x, y }: Point): boolean {
  return x >= outer.x && x <= outer.x + outer.width && y >= outer.y && y <= outer.y + outer.height;
}
