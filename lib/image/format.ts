/**
 * What files begin with: which kind of file bytes are, and whether they are a picture at all, before any decoder sees
 * them. Decoders for other kinds are in
 * sharp's libvips too, some of which draw (SVG) or run for minutes on a few bytes; they are not switched off there,
 * because the library is shared by all that runs in the process, other people's nodes among it.
 */
import { ArcFlowError } from '../core/errors';

/** The formats that are read, and what sharp calls a file of each. */
export const FORMATS = {
  // Ultra HDR is a JPEG with a second one behind it, as new Android phones write.
  JPEG: ['jpeg', 'uhdr'],
  PNG: ['png'],
  WebP: ['webp'],
  AVIF: ['heif'],
  TIFF: ['tiff'],
  GIF: ['gif'],
} as const satisfies Record<string, readonly string[]>;

export type Format = keyof typeof FORMATS;

/** What a kind of file begins with, as Latin-1; a full stop stands for any byte. */
type Beginnings = readonly string[];

const BEGINNINGS: Record<Exclude<Format, 'AVIF'>, Beginnings> = {
  JPEG: ['\xff\xd8\xff'],
  PNG: ['\x89PNG\r\n\x1a\n'],
  WebP: ['RIFF....WEBP'],
  // Little- and big-endian, each with 32- or 64-bit offsets.
  TIFF: ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'],
  GIF: ['GIF87a', 'GIF89a'],
};

/** What people send that is not read, and what they are told. */
type Others = readonly (readonly [kind: string, beginnings: Beginnings])[];

const OTHER_PICTURES: Others = [
  ['a JPEG XL picture', ['\xff\x0a', '\0\0\0\x0cJXL \r\n\x87\n']],
  ['a JPEG 2000 picture', ['\0\0\0\x0cjP  ', '\xffO\xffQ']],
  ['a Windows bitmap', ['BM....\0\0\0\0']],
];
/** Also pictures whose beginnings are too common to tell them from other bytes. */
const OTHERS: Others = [
  ['a PDF document', ['%PDF']],
  ['a Windows icon', ['\0\0\x01\0', '\0\0\x02\0']],
  ['a Photoshop document', ['8BPS']],
  ['an OpenEXR picture', ['v/1\x01']],
  ['a Radiance HDR picture', ['#?RADIANCE', '#?RGBE']],
  ['a FITS picture', ['SIMPLE  =']],
  ['a ZIP archive', ['PK\x03\x04']],
  ['a gzip archive', ['\x1f\x8b']],
  ['a Matroska or WebM video', ['\x1a\x45\xdf\xa3']],
  ['an AVI video', ['RIFF....AVI ']],
  ['a FLIF picture', ['FLIF']],
  ['a DirectDraw surface', ['DDS ']],
  ['a QOI picture', ['qoif']],
  ['a PNM picture', [1, 2, 3, 4, 5, 6].flatMap((kind) => [`P${kind}\n`, `P${kind} `])],
];

/** Brands of ISO base media files (ISO/IEC 14496-12), which stand in the first box of AVIF, HEIC and MP4 alike. */
const AVIF_BRANDS: readonly string[] = ['avif', 'avis'];
const HEIC_BRANDS: readonly string[] = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs'];
/** Of a picture or a sequence of them, whatever its coding. */
const PICTURE_BRANDS: readonly string[] = [...AVIF_BRANDS, ...HEIC_BRANDS, 'mif1', 'msf1'];
/** A first box names a handful of brands. */
const MOST_BRANDS = 64;

/** How far into a file text is looked at. */
const LOOKED_AT = 1024;
/** How many bytes tell pictures from others. */
export const TELLING_BYTES = 12;

/** @throws ArcFlowError IMAGE_UNREADABLE that says what the bytes look like instead. */
export function formatOf(bytes: Uint8Array): Format {
  const head = headOf(bytes, LOOKED_AT);
  const found = readFormatOf(head);
  if (found) return found;
  const brands = brandsOf(head);
  if (brands.some((brand) => AVIF_BRANDS.includes(brand))) return 'AVIF';
  if (brands.some((brand) => HEIC_BRANDS.includes(brand))) throw heic();
  throw unsupported(brands.length > 0 ? 'an MP4 video or another ISO media file' : nameOf(head));
}

/** Whether bytes begin like a picture file, also of a format that is not read. */
export function beginsLikePicture(bytes: Uint8Array): boolean {
  const head = headOf(bytes, TELLING_BYTES);
  const [brand] = brandsOf(head);
  return (
    readFormatOf(head) !== undefined ||
    OTHER_PICTURES.some(([, beginnings]) => beginsWithOne(head, beginnings)) ||
    (brand !== undefined && PICTURE_BRANDS.includes(brand))
  );
}

/** The first bytes as Latin-1. */
function headOf(bytes: Uint8Array, length: number): string {
  return Buffer.from(bytes.subarray(0, length)).toString('latin1');
}

function readFormatOf(head: string): keyof typeof BEGINNINGS | undefined {
  return (Object.keys(BEGINNINGS) as (keyof typeof BEGINNINGS)[]).find((format) =>
    beginsWithOne(head, BEGINNINGS[format]),
  );
}

function beginsWithOne(head: string, beginnings: Beginnings): boolean {
  return beginnings.some((bytes) =>
    Array.from(bytes, (byte, index) => byte === '.' || head[index] === byte).every(Boolean),
  );
}

function brandsOf(head: string): string[] {
  if (head.slice(4, 8) !== 'ftyp') return [];
  const end = Math.min(Buffer.from(head.slice(0, 4), 'latin1').readUInt32BE(), 8 + 4 * MOST_BRANDS);
  // The major brand, its version, then the compatible ones.
  return [head.slice(8, 12), ...(head.slice(16, end).match(/[^]{4}/g) ?? [])];
}

function nameOf(head: string): string {
  const other = [...OTHER_PICTURES, ...OTHERS].find(([, beginnings]) => beginsWithOne(head, beginnings));
  if (other) return other[0];
  const text = head.replace(/^\xef\xbb\xbf/, '').trimStart();
  if (/<svg[\s>]/i.test(text)) return 'an SVG drawing';
  if (/^<(!doctype\s+html|html|head|body)/i.test(text))
    return 'an HTML page (does the address ask for a password first?)';
  if (/^<\?xml/i.test(text)) return 'an XML document';
  if (text !== '' && Array.from(text).every((char) => char >= ' ' || '\t\n\v\f\r'.includes(char)))
    return 'text';
  return head === '' ? 'empty' : `in no known format (it begins with the bytes ${hexOf(head)})`;
}

function hexOf(head: string): string {
  return Array.from(head.slice(0, 4), (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join(' ');
}

/** @param kind what it is, with its article */
export function unsupported(kind: string): ArcFlowError {
  return new ArcFlowError(
    'IMAGE_UNREADABLE',
    `The image cannot be read: it is ${kind}; ${Object.keys(FORMATS).join(', ')} are read`,
    'unreadable image',
  );
}

function heic(): ArcFlowError {
  return new ArcFlowError(
    'IMAGE_UNREADABLE',
    'The image cannot be read: it is a HEIC photo; convert it to JPEG, or set the phone’s camera to “Most Compatible”',
    'HEIC: send JPEG',
  );
}
