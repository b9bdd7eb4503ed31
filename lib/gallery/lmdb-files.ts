/**
 * A look at LMDB's files before they are used. lmdb 3.5 ends the process with a segmentation fault where LMDB refuses
 * to open an environment, and now and then after a commit found the disk full; a file that is shorter than it should
 * be ends it too, as it is mapped into memory.
 */
import { access, constants, open, statfs } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../validate';

/** Offsets in a meta page of liblmdb on 64-bit machines: MDB_page_header and MDB_meta in mdb.c. Little-endian. */
const MAGIC_AT = 24;
const PAGE_SIZE_AT = 48;
const FREE_ROOT_AT = 88;
const MAIN_ROOT_AT = 136;
const TRANSACTION_AT = 152;
const META_BYTES = 160;
const MAGIC = 0xbeefc0de;
/** The root of a tree without entries. */
const NO_PAGE = 0xffff_ffff_ffff_ffffn;

/**
 * @throws Error unless LMDB can use the directory: it may write there, and the data file, if there is one, is LMDB's
 * and whole as far as its header tells.
 */
export async function checkFiles(directory: string): Promise<void> {
  await access(directory, constants.W_OK | constants.X_OK);
  // Never opened: closing it would end the locks that this process may hold on it already (POSIX, fcntl).
  await ifThere(access(join(directory, 'lock.mdb'), constants.R_OK | constants.W_OK));
  const data = await ifThere(open(join(directory, 'data.mdb'), 'r+'));
  try {
    if (data) await checkData(data);
  } finally {
    await data?.close();
  }
}

async function ifThere<T>(attempt: Promise<T>): Promise<T | undefined> {
  try {
    return await attempt;
  } catch (error) {
    if (isRecord(error) && error['code'] === 'ENOENT') return undefined;
    throw error;
  }
}

const MEBIBYTE = 2 ** 20;

/** @throws Error when the directory's disk has less than so many bytes left for this user. */
export async function checkSpace(directory: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  if (bavail * bsize >= needed) return;
  throw new Error(
    `the disk is nearly full: ${Math.floor((bavail * bsize) / MEBIBYTE)} MB left, ` +
      `${Math.ceil(needed / MEBIBYTE)} MB needed`,
  );
}

async function checkData(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  if (size === 0) return; // LMDB begins anew
  const first = await readMeta(file, 0);
  const pageSize = first.readUInt32LE(PAGE_SIZE_AT);
  const second = await readMeta(file, pageSize);
  const newer =
    first.readBigUInt64LE(TRANSACTION_AT) > second.readBigUInt64LE(TRANSACTION_AT) ? first : second;
  const roots = [FREE_ROOT_AT, MAIN_ROOT_AT].map((at) => newer.readBigUInt64LE(at));
  if (roots.some((root) => root !== NO_PAGE && (root + 1n) * BigInt(pageSize) > BigInt(size)))
    throw new Error('data.mdb is cut short');
}

async function readMeta(file: FileHandle, position: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(META_BYTES), 0, META_BYTES, position);
  if (bytesRead < META_BYTES || buffer.readUInt32LE(MAGIC_AT) !== MAGIC)
    throw new Error('data.mdb is damaged, or not a gallery');
  return buffer;
}
