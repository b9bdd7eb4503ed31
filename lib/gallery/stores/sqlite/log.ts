/**
 * A look at the log that a process left behind, before SQLite reads it: SQLite takes a damaged frame for the end of the
 * log, and would drop the changes behind it without a word. Format: https://www.sqlite.org/fileformat2.html#walformat
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Damage } from './faults';
import { LOG, sizeOf } from './files';

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC = 0x377f0682;
const CHECKED_OF_HEADER = 24;
const CHECKED_OF_FRAME = 8;
const SALTS_AT = 16;
const FRAME_SALTS_AT = 8;
const FRAME_SUMS_AT = 16;
const COMMIT_AT = 4;

type Sums = readonly [number, number];

function summed(bytes: Buffer, [first, second]: Sums, bigEndian: boolean): Sums {
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    const a = bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
    const b = bigEndian ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4);
    first = (first + a + second) >>> 0;
    second = (second + b + first) >>> 0;
  }
  return [first, second];
}

const matches = (bytes: Buffer, at: number, [first, second]: Sums): boolean =>
  bytes.readUInt32BE(at) === first && bytes.readUInt32BE(at + 4) === second;

/**
 * Whether a frame is damaged that was on the disk for certain: a later transaction of the same log begins only when the
 * one before it has been synced. What is broken at the very end was never acknowledged, or cannot be told from it.
 */
export function isDamagedLog(log: Buffer): boolean {
  if (log.length <= HEADER_BYTES || log.readUInt32BE(0) === 0) return false;
  const bigEndian = (log.readUInt32BE(0) & 1) === 1;
  let sums = summed(log.subarray(0, CHECKED_OF_HEADER), [0, 0], bigEndian);
  if (log.readUInt32BE(0) >>> 1 !== MAGIC >>> 1 || !matches(log, CHECKED_OF_HEADER, sums)) return true;
  const salts = log.subarray(SALTS_AT, SALTS_AT + 8);
  const frameBytes = FRAME_HEADER_BYTES + log.readUInt32BE(8);
  let broken = false;
  let committed = false;
  for (let at = HEADER_BYTES; at + frameBytes <= log.length; at += frameBytes) {
    const ofThisLog = salts.equals(log.subarray(at + FRAME_SALTS_AT, at + FRAME_SALTS_AT + 8));
    if (committed && ofThisLog) return true;
    if (!broken) {
      sums = summed(log.subarray(at, at + CHECKED_OF_FRAME), sums, bigEndian);
      sums = summed(log.subarray(at + FRAME_HEADER_BYTES, at + frameBytes), sums, bigEndian);
      broken = !ofThisLog || !matches(log, at + FRAME_SUMS_AT, sums);
    }
    committed ||= broken && ofThisLog && log.readUInt32BE(at + COMMIT_AT) !== 0;
  }
  return false;
}

/** @throws Damage when changes that were acknowledged can no longer be read from the log. */
export function checkLog(directory: string): void {
  if (sizeOf(directory, LOG) === 0) return;
  const path = join(directory, LOG);
  // Read again: another process may have written to it meanwhile.
  if (isDamagedLog(readFileSync(path)) && isDamagedLog(readFileSync(path)))
    throw new Damage(`${LOG} does not match its checksums`);
}
