/** One connection to the store's file: how SQLite is set up, transactions, and the log that a checkpoint empties. */
import { messageOf } from '../../../core/errors';
import { openDatabase } from './binding';
import type { Database, Statement, Value } from './binding';

export type Row = Record<string, unknown>;

/** How long a call waits for another process to let go of the file. */
const BUSY_MS = 5000;
/** How long after another process emptied the log it is tried again, at least. */
const RETRY_MS = 3;

/** Nothing else runs in this thread. */
function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), 0, 0, ms);
}

const SETTINGS = [
  `busy_timeout = ${BUSY_MS}`,
  // A commit waits for the disk, so that what it acknowledges is there after a power cut.
  'synchronous = FULL',
  'fullfsync = ON',
  // What is deleted is overwritten with zeros in the same transaction.
  'secure_delete = ON',
  // Nothing of a transaction goes to another file, nor into the log before it commits.
  'temp_store = MEMORY',
  'cache_spill = OFF',
  // A file that is cut short under a mapping would end the process.
  'mmap_size = 0',
  'cell_size_check = ON',
  'trusted_schema = OFF',
];

export class Connection {
  readonly #database: Database;
  readonly #statements = new Map<string, Statement>();
  #isOpen = true;

  constructor(path: string, { readOnly = false } = {}) {
    this.#database = openDatabase(path, { readOnly });
    try {
      for (const setting of SETTINGS) this.run(`PRAGMA ${setting}`);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  run(sql: string, ...values: Value[]): void {
    if (values.length === 0) this.#database.exec(sql);
    else this.#statement(sql).run(...values);
  }

  get(sql: string, ...values: Value[]): Row | undefined {
    return this.#statement(sql).get(...values) as Row | undefined;
  }

  all(sql: string, ...values: Value[]): Row[] {
    return this.#statement(sql).all(...values) as Row[];
  }

  /** One consistent view of the file. */
  read<T>(action: () => T): T {
    return this.#transaction('BEGIN', action);
  }

  /** Happens as a whole, and is on the disk afterwards, or not at all. */
  write<T>(action: () => T): T {
    return this.#transaction('BEGIN IMMEDIATE', action);
  }

  /** A view that lasts as long as the iteration. */
  *readEach<T>(action: () => Iterable<T>): Iterable<T> {
    this.run('BEGIN');
    try {
      yield* action();
    } finally {
      this.#rollBack();
    }
  }

  /**
   * Moves the log into the file and cuts it to nothing, waiting for other processes that read or write.
   * @returns false when they did not let go in time
   */
  emptyLog(limitMs: number): boolean {
    const end = Date.now() + limitMs;
    try {
      for (;;) {
        const left = Math.max(0, end - Date.now());
        this.run(`PRAGMA busy_timeout = ${Math.ceil(left)}`);
        if (this.get('PRAGMA wal_checkpoint(TRUNCATE)')?.['busy'] === 0) return true;
        // While another process empties it, the call comes back at once.
        if (left === 0) return false;
        sleep(Math.min(left, RETRY_MS * (1 + Math.random())));
      }
    } finally {
      this.run(`PRAGMA busy_timeout = ${BUSY_MS}`);
    }
  }

  /**
   * The package for Node.js 20 lets go of the file only when the prepared statements are collected, at the latest when
   * the thread ends.
   */
  close(): void {
    this.#statements.clear();
    if (this.#isOpen) this.#database.close();
    this.#isOpen = false;
  }

  #transaction<T>(begin: string, action: () => T): T {
    this.run(begin);
    try {
      const result = action();
      this.run('COMMIT');
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  #rollBack(): void {
    try {
      this.run('ROLLBACK');
    } catch (error) {
      // Some errors have rolled back already.
      if (!messageOf(error).includes('no transaction is active'))
        throw new Error(`a transaction could not be undone: ${messageOf(error)}`, { cause: error });
    }
  }

  #statement(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
