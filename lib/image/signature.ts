/** Encoded pictures told from other bytes, and from each other, without decoding them. */
import { createHash } from 'node:crypto';
import { toBytes } from '../core/foreign';

const DATA_URL = /^data:image\/[^,]*?;base64,/i;
/** Characters of base64 that hold every mark below. */
const MARKED_CHARACTERS = 24;

/** What a file of each format begins with, by offset; also of those that no decoder here reads. */
const MARKS: readonly (readonly (readonly [offset: number, text: string])[])[] = [
  [[0, '\xff\xd8\xff']], // JPEG
  [[0, '\x89PNG\r\n\x1a\n']],
  [[0, 'GIF8']],
  [
    [0, 'RIFF'],
    [8, 'WEBP'],
  ],
  ...['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].map((mark) => [[0, mark] as const]), // TIFF
  ...['avif', 'avis', 'heic', 'heix', 'hevc', 'heim', 'heis', 'mif1', 'msf1'].map((brand) => [
    [4, `ftyp${brand}`] as const,
  ]), // AVIF, HEIC
  [
    [0, 'BM'],
    [6, '\0\0\0\0'],
  ],
  [[0, '\0\0\0\x0cjP  ']], // JPEG 2000
  [[0, '\0\0\0\x0cJXL ']],
  [[0, '\xff\x0a']], // JPEG XL
];

/** Whether bytes, a base64 string or a data URL begin like a picture file. */
export function looksEncoded(value: unknown): boolean {
  if (typeof value === 'string') {
    const text = value.slice(0, value.length - value.trimStart().length + 100).trimStart();
    const body = text.replace(DATA_URL, '').slice(0, MARKED_CHARACTERS);
    return beginsLikePicture(Buffer.from(body, 'base64'));
  }
  const bytes = toBytes(value);
  return bytes !== undefined && beginsLikePicture(bytes);
}

/** The same for the same picture file, whichever way it came: SHA-256 of its bytes. */
export function fingerprint(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url');
}

function beginsLikePicture(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 32)).toString('latin1');
  return MARKS.some((marks) => marks.every(([offset, text]) => head.startsWith(text, offset)));
}
