/**
 * LFW's pairs.txt (View 2): a first line "folds<TAB>n"; then for each fold n lines "name i j" of the same person and n
 * lines "name i other j" of different ones. A single number in the first line means one fold (View 1's pairsDev files).
 * Image i of a person lies at name/name_000i.jpg. Fields are parted by tabs, in some copies by blanks; names of one's
 * own people may hold blanks either way.
 */
import { ImageIndex, imageFile } from '../pipeline/image-set';
import type { Pair, PairSet } from './pair-set';
import { badFile, badLine, linesOf, wholeNumber, type Line } from './text';

export function readLfwPairs(text: string, file: string, folder: string): PairSet {
  const [first, ...lines] = linesOf(text);
  const counts = first?.text.split(/\s+/).map((field) => wholeNumber(field, 1)) ?? [];
  const [folds, each] = counts.length === 1 ? [1, counts[0]] : counts;
  if (!first || counts.length > 2 || folds === undefined || each === undefined) {
    throw badFile(file, 'a first line with the numbers of folds and of pairs');
  }
  if (lines.length !== folds * each * 2) {
    throw badFile(file, `${folds} × 2 × ${each} lines of pairs after the first, but found ${lines.length},`);
  }
  const index = new ImageIndex((name) => imageFile(folder, name));
  return {
    folds: Array.from({ length: folds }, (_, fold) =>
      lines
        .slice(fold * each * 2, (fold + 1) * each * 2)
        .map((line, position) => toPair(line, position < each, file, index)),
    ),
    images: index.images,
  };
}

const SAME = /^(?<person>\S.*?)\s+(?<i>\d+)\s+(?<j>\d+)$/;
const DIFFERENT = /^(?<person>\S.*?)\s+(?<i>\d+)\s+(?<other>\S.*?)\s+(?<j>\d+)$/;
const SAME_TABS = /^(?<person>[^\t]+)\t+(?<i>\d+)\t+(?<j>\d+)$/;
const DIFFERENT_TABS = /^(?<person>[^\t]+)\t+(?<i>\d+)\t+(?<other>[^\t]+)\t+(?<j>\d+)$/;

function toPair(line: Line, same: boolean, file: string, index: ImageIndex): Pair {
  const [tabs, blanks] = same ? [SAME_TABS, SAME] : [DIFFERENT_TABS, DIFFERENT];
  const { person, i, other = person, j } = (tabs.exec(line.text) ?? blanks.exec(line.text))?.groups ?? {};
  const first = wholeNumber(i, 1);
  const second = wholeNumber(j, 1);
  if (person === undefined || other === undefined || !first || !second) {
    throw badLine(file, line, same ? '"name i j"' : '"name i other j"');
  }
  return { a: index.of(lfwPath(person, first)), b: index.of(lfwPath(other, second)), same };
}

function lfwPath(person: string, image: number): string {
  return `${person}/${person}_${String(image).padStart(4, '0')}.jpg`;
}
