/** Shrinking by area averaging: every output pixel is the mean of the rectangle of the input that it covers. */
import { CHANNELS } from '../image/frame';
import type { KernelMemory, ResampleArguments } from './kernel-memory';

/** What the kernels' fixed-point weights of one output pixel add up to (WEIGHT_BITS of kernels/image.ts). */
const WHOLE = 1 << 14;

/**
 * Resampling along one axis as the kernels read it. Entry i says what output pixel i is made of: the first input
 * pixel, then the weights of that and the following ones, two 16-bit numbers in each int32.
 */
export interface ResampleTable {
  readonly pairs: number;
  readonly entries: Int32Array;
}

/** What one output pixel is made of. */
interface Taps {
  /** The first input pixel. */
  readonly start: number;
  /** The share of the input pixels before `start + tap` in all, 0..1. */
  readonly before: (tap: number) => number;
}

/** @param pairs pairs of input pixels that an output pixel is made of, of `count` */
export function resampleTable(count: number, pairs: number, tapsOf: (i: number) => Taps): ResampleTable {
  const entries = new Int32Array(count * (1 + pairs));
  for (let i = 0, at = 0; i < count; i++, at += 1 + pairs) {
    const { start, before } = tapsOf(i);
    // Of rounded sums the differences add up to the whole exactly.
    const weight = (tap: number): number =>
      Math.round(WHOLE * before(tap + 1)) - Math.round(WHOLE * before(tap));
    entries[at] = start;
    for (let pair = 0; pair < pairs; pair++) {
      entries[at + 1 + pair] = (weight(2 * pair + 1) << 16) | weight(2 * pair);
    }
  }
  return { pairs, entries };
}

/** Area averaging: output pixel i of `to` covers the interval [i, i + 1) · from / to of the input. */
function areaTable(from: number, to: number): ResampleTable {
  const step = from / to;
  const pairs = Math.ceil((Math.ceil(step) + 1) / 2);
  return resampleTable(to, pairs, (i) => {
    const begin = i * step;
    // As far left as needed for all taps to lie inside; those that do not even then have weight 0.
    const start = Math.max(0, Math.min(Math.floor(begin), from - 2 * pairs));
    return { start, before: (tap) => Math.min(Math.max(start + tap - begin, 0), step) / step };
  });
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What a resampler reads: interleaved RGB in a kernel memory, with room for one more row behind it. */
export interface StoredImage extends Size {
  /** Address. */
  readonly at: number;
  /** bytes, or words: 16 bits with 7 of them behind the point. */
  readonly values: 'bytes' | 'words';
}

/** Rows behind a stored image that kernels may read, with weight 0. */
const SPARE_ROWS = 1;
const VALUE_BYTES = { bytes: 1, words: 2 } as const;

export function allocateImage(
  memory: KernelMemory,
  { width, height }: Size,
  values: StoredImage['values'],
): StoredImage {
  const at = memory.allocate(width * (height + SPARE_ROWS) * CHANNELS * VALUE_BYTES[values]);
  return { at, width, height, values };
}

/** Rows of a result. */
export interface ResultRows {
  readonly top: number;
  readonly height: number;
}

/** Shrinks whatever lies at one place of a kernel memory to one smaller size. */
export class AreaResampler {
  /** The result, whole or in the parts that were asked for: addresses of three planes of width × height floats, 0..255. */
  readonly parts: readonly (ResultRows & { readonly at: number })[];
  /** The result once more, to be shrunk further without a loss. */
  readonly result: StoredImage;
  private readonly args: readonly ResampleArguments[];

  /** @param cut rows of the result that are wanted apart; they may overlap, and are all of it together */
  constructor(
    private readonly memory: KernelMemory,
    from: StoredImage,
    to: Size,
    cut: readonly ResultRows[] = [{ top: 0, height: to.height }],
  ) {
    const columns = areaTable(from.width, to.width);
    const rows = areaTable(from.height, to.height);
    const stride = from.width * CHANNELS * VALUE_BYTES[from.values];
    this.parts = cut.map(({ top, height }) => {
      const floats = to.width * height * CHANNELS;
      return { top, height, at: memory.allocate(floats * Float32Array.BYTES_PER_ELEMENT) };
    });
    this.result = allocateImage(memory, to, 'words');
    const columnsAt = storeTable(memory, columns);
    const rowsAt = storeTable(memory, rows);
    const scratchAt = memory.allocate(from.width * CHANNELS * VALUE_BYTES.words);
    this.args = this.parts.map(({ top, height, at }) => [
      ...([VALUE_BYTES[from.values], from.at, stride, stride] as const),
      ...([columnsAt, columns.pairs, to.width] as const),
      ...([rowsAt + top * (1 + rows.pairs) * Int32Array.BYTES_PER_ELEMENT, rows.pairs, height] as const),
      ...([scratchAt, at, this.result.at + top * to.width * CHANNELS * VALUE_BYTES.words] as const),
    ]);
  }

  run(): void {
    for (const args of this.args) this.memory.kernels.resample(...args);
  }
}

/** Lays a table into a kernel memory. @returns its address */
export function storeTable(memory: KernelMemory, { entries }: ResampleTable): number {
  const at = memory.allocate(entries.byteLength);
  memory.integers(at, entries.length).set(entries);
  return at;
}
