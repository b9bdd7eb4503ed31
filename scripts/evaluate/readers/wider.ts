/**
 * WIDER FACE (Yang, Luo, Loy, Tang 2016). wider_face_val_bbx_gt.txt: an image path, the number of faces, and for each
 * "x y w h blur expression illumination invalid occlusion pose" (one line of zeros where there is no face). The levels
 * easy, medium and hard are published as wider_{easy,medium,hard}_val.mat beside wider_face_val.mat: for each image
 * the numbers (from 1) of the faces that count; the others are ignored.
 */
import type { TrueFace } from '../metrics/detection';
import { badFile, badLine, linesOf, wholeNumber, type Line } from './text';
import type { MatValue } from './mat';

export interface WiderEntry {
  /** Relative to the images' folder: event/image.jpg */
  readonly path: string;
  readonly faces: readonly TrueFace[];
}

const FIELDS = 10;
const INVALID_FIELD = 7;

export function readWiderList(text: string, file: string): WiderEntry[] {
  const lines = linesOf(text);
  const entries: WiderEntry[] = [];
  for (let next = 0; next < lines.length;) {
    const path = lines[next]!;
    const count = wholeNumber(lines[next + 1]?.text);
    if (count === undefined)
      throw badLine(file, lines[next + 1] ?? path, 'a number of faces after an image path');
    // An image without faces still has one line, of zeros.
    const rows = lines.slice(next + 2, next + 2 + Math.max(1, count));
    const zeros = count === 0 && rows[0] !== undefined && /^[0 ]+$/.test(rows[0].text);
    const faces = rows.slice(0, count);
    if (faces.length < count) throw badLine(file, path, `${count} boxes after the image path`);
    entries.push({ path: path.text, faces: faces.map((line) => toFace(line, file)) });
    next += 2 + (zeros ? 1 : count);
  }
  return entries;
}

function toFace(line: Line, file: string): TrueFace {
  const fields = line.text.split(/\s+/).map(Number);
  const [x, y, width, height] = fields;
  if (fields.length !== FIELDS || !fields.every(Number.isFinite))
    throw badLine(file, line, `${FIELDS} numbers`);
  // Boxes without area are in the published lists; nothing can be found there.
  const ignore = fields[INVALID_FIELD] === 1 || width! <= 0 || height! <= 0;
  return { box: { x: x!, y: y!, width: width!, height: height! }, ignore };
}

/** For each image path, which faces (from 1) count at this level. */
export type WiderLevel = ReadonlyMap<string, ReadonlySet<number>>;

/** @param content of wider_{easy,medium,hard}_val.mat, which names its images or goes by the order of `names` */
export function readWiderLevel(content: ReadonlyMap<string, MatValue>, file: string): WiderLevel {
  const level = new Map<string, Set<number>>();
  const events = cells(content.get('event_list'), 'event_list', file);
  const files = cells(content.get('file_list'), 'file_list', file);
  const lists = cells(content.get('gt_list'), 'gt_list', file);
  events.forEach((event, index) => {
    const images = cells(files[index], 'file_list', file);
    const counted = cells(lists[index], 'gt_list', file);
    images.forEach((image, position) => {
      const numbers = counted[position];
      if (typeof event !== 'string' || typeof image !== 'string' || !(numbers instanceof Float64Array)) {
        throw badFile(file, 'names and face numbers in event_list, file_list and gt_list');
      }
      level.set(`${event}/${image}.jpg`, new Set(numbers));
    });
  });
  return level;
}

function cells(value: MatValue | undefined, name: string, file: string): readonly MatValue[] {
  if (value === undefined || typeof value === 'string' || value instanceof Float64Array) {
    throw badFile(file, `the cell array ${name}`);
  }
  return value;
}

/** The entries as they are judged at a level: what is not in its list is ignored. */
export function atLevel(entries: readonly WiderEntry[], level: WiderLevel): WiderEntry[] {
  return entries.map(({ path, faces }) => {
    const counted = level.get(path) ?? new Set<number>();
    return { path, faces: faces.map(({ box }, index) => ({ box, ignore: !counted.has(index + 1) })) };
  });
}
