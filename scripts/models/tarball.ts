/** Picks files out of a package's tarball (gzipped POSIX ustar, as npm packs it) while it streams by. */
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { pipeline } from 'node:stream/promises';

const BLOCK = 512;
/** Offset and length of the fields of a header. */
const NAME = [0, 100] as const;
const SIZE = [124, 12] as const;
const PREFIX = [345, 155] as const;

interface Entry {
  readonly path: string;
  readonly size: number;
}

/**
 * Reads the stream to its end, so that its sender can check the whole of it.
 * @param wanted paths inside the package
 * @returns the wanted files that the tarball holds, by path
 */
export async function pickFiles(
  tarball: Readable,
  wanted: ReadonlySet<string>,
): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  await pipeline(tarball, createGunzip(), async (bytes: AsyncIterable<Buffer>) => {
    const reader = new BlockReader(bytes[Symbol.asyncIterator]());
    for (let header = await reader.take(BLOCK); header.length === BLOCK; header = await reader.take(BLOCK)) {
      const { path, size } = readHeader(header);
      const padded = Math.ceil(size / BLOCK) * BLOCK;
      if (wanted.has(path)) files.set(path, (await reader.take(padded)).subarray(0, size));
      else await reader.skip(padded);
    }
  });
  return files;
}

function readHeader(header: Buffer): Entry {
  const text = ([offset, length]: readonly [number, number]): string => {
    const field = header.subarray(offset, offset + length);
    const end = field.indexOf(0);
    return field.toString('utf8', 0, end < 0 ? length : end);
  };
  const prefix = text(PREFIX);
  const full = prefix === '' ? text(NAME) : `${prefix}/${text(NAME)}`;
  // Everything in a package's tarball lies in one folder, mostly named "package".
  return { path: full.slice(full.indexOf('/') + 1), size: Number.parseInt(text(SIZE).trim() || '0', 8) };
}

/** Takes and skips exact numbers of bytes from chunks of any size. */
class BlockReader {
  private rest: Buffer = Buffer.alloc(0);

  constructor(private readonly chunks: AsyncIterator<Buffer>) {}

  /** The next bytes; fewer only at the end. */
  async take(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    await this.walk(length, (part) => parts.push(part));
    return Buffer.concat(parts);
  }

  async skip(length: number): Promise<void> {
    await this.walk(length, () => undefined);
  }

  private async walk(length: number, visit: (part: Buffer) => void): Promise<void> {
    let wanted = length;
    while (wanted > 0) {
      if (this.rest.length === 0) {
        const next = await this.chunks.next();
        if (next.done === true) return;
        this.rest = next.value;
      }
      const part = this.rest.subarray(0, wanted);
      this.rest = this.rest.subarray(part.length);
      wanted -= part.length;
      visit(part);
    }
  }
}
