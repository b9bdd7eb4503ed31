/**
 * Files without what a decoder would work on besides their first picture: a PNG may carry thousands of compressed texts
 * that unpack to megabytes each, a TIFF hundreds of thousands of pages that are counted when it is opened.
 */
import type { Format } from './format';

/** The bytes as they are where there is nothing to leave out, else a copy. Damage is left to the decoder. */
export function firstPicture(bytes: Uint8Array, format: Format): Uint8Array {
  if (format === 'PNG') return withoutTexts(bytes);
  if (format === 'TIFF') return withoutPages(bytes);
  return bytes;
}

const PNG_SIGNATURE_BYTES = 8;
/** Length, type and checksum of a chunk. */
const CHUNK_FRAME_BYTES = 12;
const TEXT_CHUNKS: readonly string[] = ['tEXt', 'zTXt', 'iTXt'];

function withoutTexts(bytes: Uint8Array): Uint8Array {
  const file = asBuffer(bytes);
  const kept: Buffer[] = [];
  let keptFrom = 0;
  let at = PNG_SIGNATURE_BYTES;
  while (at + CHUNK_FRAME_BYTES <= file.length) {
    const end = at + CHUNK_FRAME_BYTES + file.readUInt32BE(at);
    if (TEXT_CHUNKS.includes(file.toString('latin1', at + 4, at + 8))) {
      kept.push(file.subarray(keptFrom, at));
      keptFrom = end;
    }
    at = end;
  }
  return kept.length === 0 ? bytes : Buffer.concat([...kept, file.subarray(keptFrom)]);
}

/** Where a TIFF says where its first directory lies; sizes of that directory's count, of an entry, and of an offset. */
const CLASSIC_TIFF = { firstAt: 4, countBytes: 2, entryBytes: 12, offsetBytes: 4 } as const;
const BIG_TIFF = { firstAt: 8, countBytes: 8, entryBytes: 20, offsetBytes: 8 } as const;
const BIG_TIFF_VERSION = 43;

function withoutPages(bytes: Uint8Array): Uint8Array {
  const file = asBuffer(bytes);
  const little = file[0] === 'I'.charCodeAt(0);
  const numberAt = (at: number, length: 2 | 4 | 8): number => {
    if (at + length > file.length) return Infinity;
    if (length === 8) return Number(little ? file.readBigUInt64LE(at) : file.readBigUInt64BE(at));
    return little ? file.readUIntLE(at, length) : file.readUIntBE(at, length);
  };
  const { firstAt, countBytes, entryBytes, offsetBytes } =
    numberAt(2, 2) === BIG_TIFF_VERSION ? BIG_TIFF : CLASSIC_TIFF;
  const directory = numberAt(firstAt, offsetBytes);
  const next = directory + countBytes + entryBytes * numberAt(directory, countBytes);
  const following = numberAt(next, offsetBytes);
  if (following === 0 || following === Infinity) return bytes;
  const single = Buffer.from(file);
  single.fill(0, next, next + offsetBytes);
  return single;
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
