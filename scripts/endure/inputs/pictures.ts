/** Pictures that are damaged, that lie about themselves, or that are something else: what cameras, disks and people send. */
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { hugePng } from '../../shared/png';
import { integerBetween, oneAtRandom, type Random } from '../../shared/random';

export interface OddPicture {
  readonly kind: string;
  /** Bytes, base64 or a data URL. */
  readonly payload: Buffer | string;
}

type Mutation = (picture: Buffer, random: Random, pictures: readonly Buffer[]) => Buffer;

const FORMATS = ['jpeg', 'png', 'webp', 'avif', 'tiff', 'gif'] as const;

/** One picture in each format that is read, small so that thousands can be tried. */
export async function goodPictures(photo: Buffer): Promise<Buffer[]> {
  const small = sharp(photo).resize({ width: 240 });
  return Promise.all(FORMATS.map((format) => small.clone().toFormat(format).toBuffer()));
}

export function oddPicture(random: Random, pictures: readonly Buffer[]): OddPicture {
  const choice = random();
  if (choice < 0.12) {
    const [kind, make] = oneAtRandom(random, Object.entries(FOREIGN));
    return { kind, payload: make(random) };
  }
  const [kind, mutate] = oneAtRandom(random, Object.entries(MUTATIONS));
  const bytes = mutate(Buffer.from(oneAtRandom(random, pictures)), random, pictures);
  if (choice < 0.88) return { kind, payload: bytes };
  const text = bytes.toString('base64');
  return choice < 0.94
    ? { kind: `${kind}, base64`, payload: text }
    : { kind: `${kind}, data URL`, payload: `data:image/jpeg;base64,${text}` };
}

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'flipped bits': (picture, random) => {
    for (let flips = integerBetween(random, 1, 64); flips > 0; flips--) {
      const at = integerBetween(random, 0, picture.length - 1);
      picture[at]! ^= 1 << integerBetween(random, 0, 7);
    }
    return picture;
  },
  'flipped bits in the header': (picture, random) => {
    for (let flips = integerBetween(random, 1, 12); flips > 0; flips--) {
      const at = integerBetween(random, 0, Math.min(300, picture.length - 1));
      picture[at]! ^= 1 << integerBetween(random, 0, 7);
    }
    return picture;
  },
  truncated: (picture, random) => picture.subarray(0, integerBetween(random, 0, picture.length - 1)),
  'without its start': (picture, random) => picture.subarray(integerBetween(random, 1, picture.length - 1)),
  spliced: (picture, random, pictures) => {
    const other = oneAtRandom(random, pictures);
    const from = integerBetween(random, 0, other.length - 1);
    return Buffer.concat([
      picture.subarray(0, integerBetween(random, 0, picture.length)),
      other.subarray(from),
    ]);
  },
  'a block twice': (picture, random) => {
    const from = integerBetween(random, 0, picture.length - 1);
    const to = Math.min(picture.length, from + integerBetween(random, 1, 4096));
    return Buffer.concat([picture.subarray(0, to), picture.subarray(from)]);
  },
  'a block of zeros': (picture, random) => {
    const from = integerBetween(random, 0, picture.length - 1);
    return picture.fill(0, from, Math.min(picture.length, from + integerBetween(random, 1, 2048)));
  },
  'other sizes in the header': (picture, random) => lieAboutSize(picture, random),
  'rubbish behind it': (picture, random) => Buffer.concat([picture, noise(random, 5000)]),
  'line ends changed': (picture) =>
    Buffer.from(picture.toString('latin1').replaceAll('\n', '\r\n'), 'latin1'),
  'read as text': (picture) => Buffer.from(picture.toString('utf8')),
};

const FOREIGN: Readonly<Record<string, (random: Random) => Buffer>> = {
  empty: () => Buffer.alloc(0),
  'one byte': (random) => noise(random, 1),
  noise: (random) => noise(random, 20_000),
  text: () => Buffer.from('HTTP/1.1 401 Unauthorized\r\n\r\nsorry'),
  page: () => Buffer.from('<!DOCTYPE html><html><body>Camera offline</body></html>'),
  JSON: () => Buffer.from('{"error":"no picture"}'),
  PDF: () =>
    Buffer.from('%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n'),
  ZIP: (random) => Buffer.concat([Buffer.from('PK\u0003\u0004'), noise(random, 400)]),
  SVG: () =>
    Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64"/></svg>',
    ),
  'SVG with many filters': () =>
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="4000"><filter id="f">${'<feGaussianBlur stdDeviation="200"/>'.repeat(20)}</filter><rect width="100%" height="100%" filter="url(#f)"/></svg>`,
    ),
  HEIC: (random) => isoMedia('heic', random),
  MP4: (random) => isoMedia('isom', random),
  AVIF: (random) => isoMedia('avif', random),
  BMP: (random) => Buffer.concat([Buffer.from('BM'), noise(random, 500)]),
  'JPEG header alone': () => Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0x10, 0x4a, 0x46, 0x49, 0x46, 0]),
  'TIFF that points to itself': () =>
    Buffer.from('49492a000800000001000001040001000000ffffff7f08000000', 'hex'),
  'large and empty PNG': (random) =>
    hugePng(integerBetween(random, 2000, 5000), integerBetween(random, 2000, 5000)),
  'PNG of too many pixels': () => hugePng(16_000, 16_000),
  'PNG that is one pixel high': () => hugePng(16_000, 1),
  'PNG without pixels': () => hugePng(0, 0),
};

export function noise(random: Random, most: number): Buffer {
  return Buffer.from(
    Array.from({ length: integerBetween(random, 1, most) }, () => integerBetween(random, 0, 255)),
  );
}

const SIZES = [0, 1, 7, 255, 4096, 16_384, 16_385, 40_000, 65_535];

/** Writes other sizes into a JPEG's or a PNG's header; elsewhere into any place of it. */
function lieAboutSize(picture: Buffer, random: Random): Buffer {
  const [width, height] = [oneAtRandom(random, SIZES), oneAtRandom(random, SIZES)];
  if (picture.readUInt16BE(0) === 0xffd8) {
    // Start of frame: marker, length, precision, height, width.
    const at = [0xc0, 0xc2]
      .map((marker) => picture.indexOf(Buffer.from([0xff, marker])))
      .find((found) => found > 0);
    if (at !== undefined && at + 9 < picture.length) {
      picture.writeUInt16BE(height, at + 5);
      picture.writeUInt16BE(width, at + 7);
    }
  } else if (picture.toString('latin1', 1, 4) === 'PNG') {
    picture.writeUInt32BE(width, 16);
    picture.writeUInt32BE(height, 20);
    picture.writeUInt32BE(crc32(picture.subarray(12, 29)), 29);
  } else picture.writeUInt16LE(width, integerBetween(random, 4, 60));
  return picture;
}

/** The first boxes of a file of the ISO media family. */
function isoMedia(brand: string, random: Random): Buffer {
  const box = Buffer.alloc(24);
  box.writeUInt32BE(box.length, 0);
  box.write(`ftyp${brand}`, 4, 'latin1');
  box.write(`mif1${brand}`, 16, 'latin1');
  return Buffer.concat([box, noise(random, 2000)]);
}
