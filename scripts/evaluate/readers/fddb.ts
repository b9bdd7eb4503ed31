/**
 * FDDB's ellipse lists (FDDB-fold-NN-ellipseList.txt): an image name without ".jpg", the number of faces, and for each
 * "major_axis_radius minor_axis_radius angle center_x center_y 1".
 */
import type { Ellipse } from '../metrics/fddb';
import { badLine, linesOf, wholeNumber, type Line } from './text';

export interface FddbEntry {
  /** Relative to the folder of the original pictures, with ".jpg". */
  readonly path: string;
  readonly faces: readonly Ellipse[];
}

export function readEllipseList(text: string, file: string): FddbEntry[] {
  const lines = linesOf(text);
  const entries: FddbEntry[] = [];
  for (let next = 0; next < lines.length;) {
    const name = lines[next]!;
    const count = wholeNumber(lines[next + 1]?.text);
    if (count === undefined)
      throw badLine(file, lines[next + 1] ?? name, 'a number of faces after an image name');
    const faces = lines.slice(next + 2, next + 2 + count);
    if (faces.length < count) throw badLine(file, name, `${count} ellipses after the image name`);
    entries.push({ path: `${name.text}.jpg`, faces: faces.map((line) => toEllipse(line, file)) });
    next += 2 + count;
  }
  return entries;
}

function toEllipse(line: Line, file: string): Ellipse {
  const fields = line.text.split(/\s+/).map(Number);
  const [majorRadius, minorRadius, angle, x, y] = fields;
  const whole = fields.length >= 5 && fields.every(Number.isFinite) && majorRadius! > 0 && minorRadius! > 0;
  if (!whole) throw badLine(file, line, '"major_radius minor_radius angle x y 1"');
  return { majorRadius: majorRadius!, minorRadius: minorRadius!, angle: angle!, centre: { x: x!, y: y! } };
}
