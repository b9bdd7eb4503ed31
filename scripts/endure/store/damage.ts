/** Ways in which the files of a store are damaged by disks, power cuts and people. */
import { copyFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { integerBetween, oneAtRandom, type Random } from '../../shared/random';
import { filesBelow } from './files';
import { tracesIn } from './samples';

export interface Damage {
  readonly kind: string;
  /** What was changed, and where. */
  readonly what: string;
  /** It may have taken away the latest changes, as a power cut does: people may be missing, but none may be wrong. */
  readonly mayLoseChanges: boolean;
}

const PAGE = 4096;
const MOST_FLIPS = 16;
const FOREIGN = [
  Buffer.from('this is no gallery\n'),
  Buffer.from('%PDF-1.7\n'),
  Buffer.from('SQLite format 3\0 and then nothing that belongs to it'),
  Buffer.alloc(3 * PAGE, 0xa5),
];

/** In what share of the copies. */
const SHARES: readonly (readonly [kind: DamageKind, share: number])[] = [
  ['flipped bit', 0.3],
  ['flipped bits', 0.12],
  ['zeroed page', 0.13],
  ['page of rubbish', 0.1],
  ['swapped pages', 0.05],
  ['truncated', 0.14],
  ['foreign file', 0.06],
  ['empty file', 0.05],
  ['missing file', 0.05],
];
type DamageKind =
  | 'flipped bit'
  | 'flipped bits'
  | 'zeroed page'
  | 'page of rubbish'
  | 'swapped pages'
  | 'truncated'
  | 'foreign file'
  | 'empty file'
  | 'missing file';

/** The file of a closed store in which its people are: the others go along with it. */
export async function mainFileOf(store: string): Promise<string> {
  const files = await filesBelow(store);
  const traces = await Promise.all(files.map(async (file) => tracesIn(await readFile(file)).length));
  const most = Math.max(...traces);
  if (!(most > 0)) throw new Error(`Nobody was found in the files of the store in ${store}`);
  return relative(store, files[traces.indexOf(most)]!);
}

/** Copies a store and damages one of the copy's files; `main` is where its main file lies in it. */
export async function damagedCopy(from: string, to: string, main: string, random: Random): Promise<Damage> {
  const besides: string[] = [];
  for (const file of await filesBelow(from)) {
    const name = relative(from, file);
    await mkdir(dirname(join(to, name)), { recursive: true });
    await copyFile(file, join(to, name));
    if (name !== main && (await stat(file)).size > 0) besides.push(name);
  }
  const kind = kindOf(random);
  if (kind === 'missing file' && besides.length === 0) return damage(to, main, 'truncated', random, false);
  const aside = besides.length > 0 && (kind === 'missing file' || random() < 0.3);
  return damage(to, aside ? oneAtRandom(random, besides) : main, kind, random, aside);
}

function kindOf(random: Random): DamageKind {
  let rest = random() * SHARES.reduce((sum, [, share]) => sum + share, 0);
  for (const [kind, share] of SHARES) {
    rest -= share;
    if (rest < 0) return kind;
  }
  return SHARES[0]![0];
}

async function damage(
  store: string,
  name: string,
  kind: DamageKind,
  random: Random,
  aside: boolean,
): Promise<Damage> {
  const path = join(store, name);
  if (kind === 'missing file') await rm(path);
  else await writeFile(path, damagedBytes(kind, await readFile(path), random));
  return { kind, what: `${kind} in ${name}`, mayLoseChanges: aside };
}

/** The bytes of a file after something happened to them. */
export function damagedBytes(
  kind: Exclude<DamageKind, 'missing file'>,
  bytes: Buffer,
  random: Random,
): Buffer {
  const page = (): Buffer => {
    const start = PAGE * integerBetween(random, 0, Math.max(0, Math.ceil(bytes.length / PAGE) - 1));
    return bytes.subarray(start, start + PAGE);
  };
  switch (kind) {
    case 'flipped bit':
      return flip(bytes, 1, random);
    case 'flipped bits':
      return flip(bytes, integerBetween(random, 2, MOST_FLIPS), random);
    case 'zeroed page':
      page().fill(0);
      return bytes;
    case 'page of rubbish': {
      const target = page();
      for (let at = 0; at < target.length; at++) target[at] = integerBetween(random, 0, 255);
      return bytes;
    }
    case 'swapped pages': {
      const [one, other] = [page(), page()];
      const kept = Buffer.from(one);
      one.set(other.subarray(0, one.length));
      other.set(kept.subarray(0, other.length));
      return bytes;
    }
    case 'truncated':
      return bytes.subarray(0, integerBetween(random, 1, Math.max(1, bytes.length - 1)));
    case 'foreign file':
      return oneAtRandom(random, FOREIGN);
    case 'empty file':
      return Buffer.alloc(0);
  }
}

function flip(bytes: Buffer, count: number, random: Random): Buffer {
  for (let flips = 0; flips < count; flips++) {
    const at = integerBetween(random, 0, bytes.length - 1);
    bytes[at]! ^= 1 << integerBetween(random, 0, 7);
  }
  return bytes;
}
