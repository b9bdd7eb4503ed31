/**
 * Checksums that tell a flipped bit from what was written. Each record carries one over all of its fields; the records
 * of a kind are counted and their checksums added up, so that one that vanished is missed.
 */
import zlib from 'node:zlib';

const POLYNOMIAL = 0xedb8_8320;
const BITS = 8;

function tableOf(): Uint32Array {
  const table = new Uint32Array(2 ** BITS);
  for (let byte = 0; byte < table.length; byte++) {
    let value = byte;
    for (let bit = 0; bit < BITS; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
    table[byte] = value;
  }
  return table;
}

let table: Uint32Array | undefined;

/** CRC-32 of IEEE 802.3, for the releases of Node.js 20 whose zlib does not export its own. */
export function plainCrc32(data: Uint8Array, start = 0): number {
  table ??= tableOf();
  let value = ~start;
  for (const byte of data) value = (value >>> BITS) ^ table[(value ^ byte) & 0xff]!;
  return ~value >>> 0;
}

/** The type does not know the releases of Node.js 20 that have no such function. */
const { crc32 = plainCrc32 } = zlib as { crc32?: (data: Uint8Array, start?: number) => number };

export type Field = number | string | Uint8Array | null;

const FLOAT64_BYTES = 8;
const scratch = Buffer.alloc(1 + FLOAT64_BYTES);

/** Over the fields in their order, with their kinds and lengths: [1, "2"] and ["1", 2] differ. */
export function checksum(fields: readonly Field[]): number {
  let value = 0;
  for (const field of fields) {
    const bytes = typeof field === 'string' ? Buffer.from(field) : field;
    scratch[0] = bytes === null ? 0 : typeof bytes === 'number' ? 1 : typeof field === 'string' ? 2 : 3;
    // SQLite keeps -0 as 0.
    scratch.writeDoubleLE(typeof bytes === 'number' ? bytes + 0 : (bytes?.length ?? 0), 1);
    value = crc32(scratch, value);
    if (bytes instanceof Uint8Array) value = crc32(bytes, value);
  }
  return value;
}

/** How many records there are, and the sum of their checksums: below 2⁵³ for two million records. */
export interface Tally {
  readonly count: number;
  readonly sum: number;
}

export const EMPTY: Tally = { count: 0, sum: 0 };

export function plus(a: Tally, b: Tally): Tally {
  return { count: a.count + b.count, sum: a.sum + b.sum };
}

export function minus(a: Tally, b: Tally): Tally {
  return { count: a.count - b.count, sum: a.sum - b.sum };
}

export function tallyOf(checksums: Iterable<number>): Tally {
  let [count, sum] = [0, 0];
  for (const value of checksums) {
    count++;
    sum += value;
  }
  return { count, sum };
}

export function sameTally(a: Tally, b: Tally): boolean {
  return a.count === b.count && a.sum === b.sum;
}
