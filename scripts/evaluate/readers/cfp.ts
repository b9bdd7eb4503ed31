/**
 * CFP, "Celebrities in Frontal-Profile in the Wild" (Sengupta et al. 2016): Protocol/Pair_list_{F,P}.txt number the
 * frontal and profile images ("12 ../Data/Images/002/frontal/02.jpg", relative to Protocol); Protocol/Split/{FF,FP}/NN
 * holds same.txt and diff.txt with lines "i,j": two frontal images, or a frontal and a profile one.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readText, requireFolder } from '../pipeline/files';
import { ImageIndex, imageFile } from '../pipeline/image-set';
import type { Pair, PairSet } from './pair-set';
import { badFile, badLine, linesOf, wholeNumber } from './text';

export const CFP_PROTOCOLS = ['FF', 'FP'] as const;
export type CfpProtocol = (typeof CFP_PROTOCOLS)[number];

const OPTION = '--root';

/** @param root the folder that holds Data and Protocol */
export async function readCfp(root: string, protocol: CfpProtocol): Promise<PairSet> {
  const folder = await requireFolder(join(root, 'Protocol'), OPTION);
  const frontal = await readList(join(folder, 'Pair_list_F.txt'));
  const other = protocol === 'FF' ? frontal : await readList(join(folder, 'Pair_list_P.txt'));
  const index = new ImageIndex((name) => imageFile(folder, name));

  const splits = await requireFolder(join(folder, 'Split', protocol), OPTION);
  const names = (await readdir(splits, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  if (names.length === 0) throw badFile(splits, 'one folder for each fold');
  const folds: Pair[][] = [];
  for (const { name } of names.sort((a, b) => a.name.localeCompare(b.name))) {
    const pairs: Pair[] = [];
    for (const same of [true, false]) {
      const file = join(splits, name, same ? 'same.txt' : 'diff.txt');
      for (const line of linesOf(await readText(file, OPTION))) {
        const [i, j] = line.text.split(',').map((field) => wholeNumber(field.trim(), 1));
        const a = frontal.get(i ?? 0);
        const b = other.get(j ?? 0);
        if (a === undefined || b === undefined)
          throw badLine(file, line, '"i,j", two numbers of the pair lists');
        pairs.push({ a: index.of(a), b: index.of(b), same });
      }
    }
    folds.push(pairs);
  }
  return { images: index.images, folds };
}

async function readList(file: string): Promise<Map<number, string>> {
  const list = new Map<number, string>();
  for (const line of linesOf(await readText(file, OPTION))) {
    const [, number, path] = /^(\d+)\s+(.+)$/.exec(line.text) ?? [];
    if (number === undefined || path === undefined) throw badLine(file, line, '"number path"');
    list.set(Number(number), path);
  }
  return list;
}
