/**
 * Contrast-limited adaptive histogram equalisation (Zuiderveld, Graphics Gems IV, 1994): each tile is equalised by
 * its own histogram, clipped so that noise in flat regions is not amplified without limit.
 */
import { operation } from '../operation';
import type { Frame } from '../../image/frame';
import {
  bandsOf,
  clearCounts,
  kernels,
  place,
  PLANE_AT,
  readCounts,
  RESULT_AT,
  ROW_AT,
  TABLES_AT,
} from '../../pixels/bands';
import { bringLuminance, replaceLuminance } from '../../pixels/luminance';
import type { Histogram } from '../../pixels/histogram';
import { LEVELS, TOP_LEVEL } from '../../pixels/levels';

export const clahe = operation({
  id: 'clahe',
  parameters: [
    // Along each side.
    { name: 'tiles', type: 'integer', min: 1, max: 31, default: 8, unit: 'count' },
    // How many times the mean of its bins a bin of the histogram may hold.
    { name: 'clipLimit', type: 'number', min: 1, max: 40, default: 2, unit: 'factor' },
  ],
  apply(source, { tiles, clipLimit }, context) {
    const columns = tileEdges(source.width, tiles);
    const rows = tileEdges(source.height, tiles);
    const tables = tileTables(source, columns, rows, clipLimit);
    const across = spansBetween(columns);
    const down = spansBetween(rows).flatMap(({ first, second, shares }) =>
      Array.from(shares, (share) => ({ first, second, share })),
    );
    place(tables, TABLES_AT);
    const blendedAt = TABLES_AT + tables.length;
    across.forEach(({ start, shares }) => place(shares, ROW_AT + start * SHARE_BYTES));
    const frame = context.inPlace(source);
    replaceLuminance(source, frame, ({ row, rows: count }) => {
      down.slice(row, row + count).forEach(({ first, second, share }, index) => {
        const tileRowBytes = (columns.length - 1) * LEVELS;
        const [upper, lower] = [TABLES_AT + first * tileRowBytes, TABLES_AT + second * tileRowBytes];
        kernels().blendTables(upper, lower, share, blendedAt, tileRowBytes);
        applySpans(index * source.width, across, blendedAt);
      });
      return RESULT_AT;
    });
    return { frame };
  },
});

/** Where the tiles of one axis begin, and the length of the axis at the end. */
function tileEdges(length: number, tiles: number): number[] {
  const count = Math.min(tiles, length);
  return Array.from({ length: count + 1 }, (_, i) => Math.round((i * length) / count));
}

/** The tables of all tiles, row after row of tiles. */
function tileTables(
  source: Frame,
  columns: readonly number[],
  rows: readonly number[],
  clipLimit: number,
): Uint8Array {
  const { width } = source;
  const across = columns.length - 1;
  const tables = new Uint8Array(across * (rows.length - 1) * LEVELS);
  rows.slice(1).forEach((bottom, tileRow) => {
    const top = rows[tileRow]!;
    clearCounts(TABLES_AT, 2 * across);
    for (const band of bandsOf({ width, height: bottom - top })) {
      bringLuminance(source, { ...band, start: band.start + top * width });
      for (let row = 0; row < band.rows; row++) countTiles(PLANE_AT + row * width, columns);
    }
    for (let column = 0; column < across; column++) {
      const area = (columns[column + 1]! - columns[column]!) * (bottom - top);
      const others = readCounts(TABLES_AT, 2 * column + 1);
      const histogram = readCounts(TABLES_AT, 2 * column).map((count, level) => count + others[level]!);
      tables.set(tileTable(histogram, area, clipLimit), (tileRow * across + column) * LEVELS);
    }
  });
  return tables;
}

/** Adds a row of pixels to the histograms of its tiles. */
function countTiles(rowAt: number, columns: readonly number[]): void {
  for (let column = 0; column < columns.length - 1; column++) {
    const countsAt = TABLES_AT + 2 * column * LEVELS * Uint32Array.BYTES_PER_ELEMENT;
    kernels().countLevels(rowAt + columns[column]!, rowAt + columns[column + 1]!, countsAt);
  }
}

/** Weights of the interpolation between tiles are whole numbers of 1/256 (SHARE_BITS of kernels/levels.ts). */
const ONE = 256;
const SHARE_BYTES = Uint16Array.BYTES_PER_ELEMENT;

/** Pixels of one axis between the centres of two tiles. */
interface Span {
  readonly first: number;
  readonly second: number;
  readonly start: number;
  /** For each pixel the weight of the second tile. */
  readonly shares: Uint16Array;
}

/** Before the first centre and behind the last one both tiles are the same. */
function spansBetween(edges: readonly number[]): Span[] {
  const length = edges.at(-1)!;
  const centres = edges.slice(1).map((edge, tile) => (edges[tile]! + edge) / 2);
  return [0, ...centres].map((from, index) => {
    const to = centres[index] ?? length;
    const first = Math.max(0, index - 1);
    const second = Math.min(centres.length - 1, index);
    // A pixel belongs to the span that its centre lies in.
    const start = Math.ceil(from - 0.5);
    const shares = Uint16Array.from({ length: Math.ceil(to - 0.5) - start }, (_, i) =>
      first === second ? 0 : Math.round((ONE * (start + i + 0.5 - from)) / (to - from)),
    );
    return { first, second, start, shares };
  });
}

/** The tile's cumulative histogram, clipped, scaled to 0..255. */
function tileTable(histogram: Histogram, area: number, clipLimit: number): Uint8Array {
  const excess = clip(histogram, Math.max(1, Math.floor((clipLimit * area) / LEVELS)));
  const table = new Uint8Array(LEVELS);
  let below = 0;
  for (let level = 0; level < LEVELS; level++) {
    below += histogram[level]! + excess / LEVELS;
    table[level] = Math.round((TOP_LEVEL * below) / area);
  }
  return table;
}

/** Cuts bins off at the limit. @returns how many counts were cut, to be spread over all bins */
function clip(histogram: Histogram, limit: number): number {
  let excess = 0;
  for (let level = 0; level < LEVELS; level++) {
    const over = histogram[level]! - limit;
    if (over <= 0) continue;
    excess += over;
    histogram[level] = limit;
  }
  return excess;
}

/** Sends a row of the band, from its pixel `start` on, through the tables of the tiles around. */
function applySpans(start: number, across: readonly Span[], tablesAt: number): void {
  for (const { first, second, start: left, shares } of across) {
    const from = PLANE_AT + start + left;
    const to = RESULT_AT + start + left;
    const leftAt = tablesAt + first * LEVELS * SHARE_BYTES;
    const rightAt = tablesAt + second * LEVELS * SHARE_BYTES;
    kernels().lookUpBetween(from, to, to + shares.length, leftAt, rightAt, ROW_AT + left * SHARE_BYTES);
  }
}
