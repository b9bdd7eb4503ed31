/** A csv of pairs: two files and whether they show the same person. Columns file_x, file_y, same (yes or no). */
import { ImageIndex, imageFile } from '../pipeline/image-set';
import type { PairSet } from './pair-set';
import { badFile, badLine, readCsv } from './text';

const ANSWERS: Readonly<Record<string, boolean>> = {
  yes: true,
  true: true,
  same: true,
  '1': true,
  no: false,
  false: false,
  different: false,
  '0': false,
};

export function readPairsCsv(text: string, file: string, folder: string): PairSet {
  const rows = readCsv(text, file, ['file_x', 'file_y', 'same']);
  if (rows.length === 0) throw badFile(file, 'at least one pair');
  const index = new ImageIndex((name) => imageFile(folder, name));
  const pairs = rows.map(({ line, field }) => {
    const same = ANSWERS[field('same').toLowerCase()];
    if (same === undefined) throw badLine(file, line, 'yes or no in the column same');
    return { a: index.of(field('file_x')), b: index.of(field('file_y')), same };
  });
  return { images: index.images, folds: [pairs] };
}
