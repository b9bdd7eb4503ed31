/**
 * Some disk space that is given up when the disk is full: SQLite needs room even to delete, and people must be able to
 * be erased then too.
 */
import { randomFillSync } from 'node:crypto';
import { closeSync, openSync, rmSync, statSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { RESERVE } from './files';
import { isFull } from './faults';

const MEBIBYTE = 2 ** 20;
/** Enough for what one step of an erasure writes to the log (see ERASED_AT_ONCE) and for the log's index. */
export const RESERVE_BYTES = 4 * MEBIBYTE;
const STEP_BYTES = MEBIBYTE / 4;
const FILE_MODE = 0o600;

export class Reserve {
  readonly #path: string;

  constructor(private readonly directory: string) {
    this.#path = join(directory, RESERVE);
  }

  /** Takes the space, or what is left of it on a disk that is nearly full. */
  restore(): void {
    const taken = this.#size();
    if (taken === RESERVE_BYTES) return;
    const { bavail, bsize } = statfsSync(this.directory);
    const steps = Math.floor((taken + bavail * bsize) / STEP_BYTES) - 1;
    const bytes = Math.min(RESERVE_BYTES, steps * STEP_BYTES);
    if (bytes <= taken) return;
    try {
      this.#fill(bytes);
    } catch (error) {
      if (!isFull(error)) throw error;
      this.giveUp();
    }
  }

  /** @returns false when there was nothing to give up */
  giveUp(): boolean {
    if (this.#size() === 0) return false;
    rmSync(this.#path, { force: true });
    return true;
  }

  #size(): number {
    return statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** With noise: some file systems give no space to zeros. */
  #fill(bytes: number): void {
    const noise = randomFillSync(Buffer.alloc(STEP_BYTES));
    const file = openSync(this.#path, 'w', FILE_MODE);
    try {
      for (let at = 0; at < bytes; at += STEP_BYTES) writeSync(file, noise, 0, STEP_BYTES, at);
    } finally {
      closeSync(file);
    }
  }
}
