/**
 * Results that are kept between runs, so that a run that was cut short goes on where it stopped and a second metric
 * on the same images costs nothing. One file of JSON lines for each way of computing; a line is written as soon as
 * its result is there, and a line that was cut short is passed over when the file is read.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, type WriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { isRecord } from '../../../lib/core/validate';

/** How a result is written as JSON and read back. */
export interface Codec<T> {
  encode(value: T): unknown;
  /** undefined for what is no such result. */
  decode(value: unknown): T | undefined;
}

export class ResultCache<T> {
  private readonly entries = new Map<string, T>();
  private stream: WriteStream | undefined;

  private constructor(
    private readonly file: string | undefined,
    private readonly codec: Codec<T>,
  ) {}

  /**
   * @param folder where the file lies; undefined keeps results for this run only
   * @param name of the file: what was computed and how
   */
  static async open<T>(folder: string | undefined, name: string, codec: Codec<T>): Promise<ResultCache<T>> {
    const file = folder === undefined ? undefined : join(folder, `${name}.jsonl`);
    const cache = new ResultCache(file, codec);
    if (file !== undefined && existsSync(file)) await cache.load(file);
    return cache;
  }

  get(key: string): T | undefined {
    return this.entries.get(key);
  }

  set(key: string, value: T): void {
    this.entries.set(key, value);
    if (this.file === undefined) return;
    this.stream ??= startAppending(this.file);
    this.stream.write(`${JSON.stringify({ key, value: this.codec.encode(value) })}\n`);
  }

  async close(): Promise<void> {
    const stream = this.stream;
    this.stream = undefined;
    if (stream) await new Promise<void>((resolve) => stream.end(resolve));
  }

  private async load(file: string): Promise<void> {
    for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
      const entry = parseLine(line);
      if (!isRecord(entry) || typeof entry['key'] !== 'string') continue;
      const value = this.codec.decode(entry['value']);
      if (value !== undefined) this.entries.set(entry['key'], value);
    }
  }
}

function startAppending(file: string): WriteStream {
  mkdirSync(dirname(file), { recursive: true });
  const stream = createWriteStream(file, { flags: 'a' });
  // A line that the last run left unfinished ends here.
  stream.write('\n');
  return stream;
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Identifies content: the same image under another name or date is the same. */
export function contentKey(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url').slice(0, 27);
}
