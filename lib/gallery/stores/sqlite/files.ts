/** The files of a store: who may read them, whether they are still those that were opened, and how the first is made. */
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  accessSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from '../../../core/validate';
import { Connection } from './connection';
import { Damage } from './faults';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
export const DATABASE = 'gallery.sqlite';
export const LOG = `${DATABASE}-wal`;
export const RESERVE = 'gallery.reserve';
const FILES = [DATABASE, LOG, `${DATABASE}-shm`];
const UNFINISHED = /^gallery\.sqlite\.[-0-9a-f]{36}\.new/;
/** A process that makes a store is done with it long before. */
const UNFINISHED_MS = 60_000;

/** Why a mode cannot be set: the file is somebody else's, or its file system knows no owners. */
const MODELESS = ['EPERM', 'ENOTSUP', 'ENOSYS', 'EINVAL'];
/** Why a file cannot have a second name: its file system knows no hard links. */
const LINKLESS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EMLINK'];

function hasCode(error: unknown, codes: readonly string[]): boolean {
  return isRecord(error) && typeof error['code'] === 'string' && codes.includes(error['code']);
}

function statsOf(path: string): BigIntStats | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}

function forOwnerOnly(path: string, mode: number): void {
  try {
    chmodSync(path, mode);
  } catch (error) {
    if (!hasCode(error, [...MODELESS, 'ENOENT'])) throw error;
  }
}

/** Makes the folder where it is missing, and keeps everybody else out of it and of the files in it. */
export function prepareFolder(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: FOLDER_MODE });
  forOwnerOnly(directory, FOLDER_MODE);
  accessSync(directory, constants.W_OK | constants.X_OK);
  for (const file of [...FILES, RESERVE]) forOwnerOnly(join(directory, file), FILE_MODE);
}

/** Whether there is a store in the folder. @throws Damage when there was one. */
export function hasDatabase(directory: string): boolean {
  const stats = statsOf(join(directory, DATABASE));
  if (stats?.size === 0n) throw new Damage(`${DATABASE} is empty`);
  if (stats) return true;
  const left = [LOG, RESERVE].find((file) => statsOf(join(directory, file)));
  if (left !== undefined)
    throw new Damage(`${DATABASE} is missing beside ${left}; delete the folder to begin a new gallery`);
  return false;
}

/** Of a file, bytes; 0 where it is not there. */
export function sizeOf(directory: string, file: string): number {
  return Number(statsOf(join(directory, file))?.size ?? 0n);
}

/**
 * Makes the file under another name and gives it its own when it is whole: an empty or half-made file under that name
 * is then always one that was damaged. Where another process was faster, its file stays.
 */
export function createDatabase(directory: string, fill: (connection: Connection) => void): void {
  const unfinished = join(directory, `${DATABASE}.${randomUUID()}.new`);
  try {
    closeSync(openSync(unfinished, 'wx', FILE_MODE)); // SQLite gives its log the same mode
    const connection = new Connection(unfinished);
    try {
      fill(connection);
      connection.run('PRAGMA journal_mode = WAL');
    } finally {
      connection.close();
    }
    publish(unfinished, join(directory, DATABASE));
  } finally {
    rmSync(unfinished, { force: true });
  }
}

function publish(unfinished: string, path: string): void {
  try {
    linkSync(unfinished, path);
  } catch (error) {
    if (hasCode(error, ['EEXIST'])) return;
    if (!hasCode(error, LINKLESS)) throw error;
    renameSync(unfinished, path);
  }
}

/** Removes what a process that was killed while it made a store has left behind. */
export function removeUnfinished(directory: string): void {
  for (const file of readdirSync(directory)) {
    if (!UNFINISHED.test(file)) continue;
    const made = statSync(join(directory, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (Date.now() - made > UNFINISHED_MS) rmSync(join(directory, file), { force: true });
  }
}

/** Which files were opened: another file under the same name is not the same. */
export type Identity = ReadonlyMap<string, string>;

export function identify(directory: string): Identity {
  return new Map(
    FILES.map((file) => {
      const stats = statsOf(join(directory, file));
      return [file, stats ? `${stats.dev}:${stats.ino}` : 'none'];
    }),
  );
}

/** @throws Error that names a file which was deleted or replaced since it was opened. */
export function checkIdentity(directory: string, opened: Identity): void {
  const now = identify(directory);
  for (const [file, identity] of opened) {
    if (now.get(file) === identity) continue;
    const what = now.get(file) === 'none' ? 'deleted' : 'replaced';
    throw new Error(
      `${file} was ${what} while it was in use; restart the flows once it is back in its place`,
    );
  }
}
