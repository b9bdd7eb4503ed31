/**
 * Contrast-limited adaptive histogram equalisation (Zuiderveld, Graphics Gems IV, 1994): each tile is equalised by
 * its own histogram, clipped so that noise in flat regions is not amplified without limit.
 */
import { operation } from '../operation';
import { createImage, type Image } from '../pixels/image';
import { luminancePlane, replaceLuminance } from '../pixels/luminance';
import { LEVELS, TOP_LEVEL } from '../pixels/levels';

export const clahe = operation({
  id: 'clahe',
  parameters: [
    // Along each side.
    { name: 'tiles', type: 'integer', min: 1, max: 31, default: 8, unit: 'count' },
    // How many times the mean of its bins a bin of the histogram may hold.
    { name: 'clipLimit', type: 'number', min: 1, max: 40, default: 2, unit: 'factor' },
  ],
  apply(source, { tiles, clipLimit }, context) {
    const before = luminancePlane(source);
    const after = adapt(before, tiles, clipLimit);
    const frame = context.inPlace(source);
    replaceLuminance(source, frame, before, after);
    return { frame };
  },
});

/** Where the tiles of one axis begin, and the length of the axis at the end. */
function tileEdges(length: number, tiles: number): number[] {
  const count = Math.min(tiles, length);
  return Array.from({ length: count + 1 }, (_, i) => Math.round((i * length) / count));
}

function adapt(plane: Image, tiles: number, clipLimit: number): Image {
  const { width, height, data } = plane;
  const columns = tileEdges(width, tiles);
  const rows = tileEdges(height, tiles);
  const tables = rows
    .slice(1)
    .map((bottom, row) =>
      columns
        .slice(1)
        .map((right, column) => tileTable(plane, columns[column]!, rows[row]!, right, bottom, clipLimit)),
    );
  const across = Array.from({ length: width }, (_, x) => between(columns, x));
  const left = Int32Array.from(across, ({ first }) => first * LEVELS);
  const right = Int32Array.from(across, ({ second }) => second * LEVELS);
  const toRight = Int32Array.from(across, ({ share }) => Math.round(share * ONE));
  const result = createImage(width, height, 1);
  const blended = new Int32Array((columns.length - 1) * LEVELS);
  for (let y = 0; y < height; y++) {
    const { first, second, share } = between(rows, y);
    blendTables(tables[first]!, tables[second]!, Math.round(share * ONE), blended);
    applyRow(data, result.data, y * width, blended, left, right, toRight);
  }
  return result;
}

/** Weights of the interpolation between tiles are whole numbers of 1/256. */
const ONE = 256;

/** The two tiles whose centres are next to pixel i, and how far it is from the first to the second, 0..1. */
function between(edges: readonly number[], i: number): { first: number; second: number; share: number } {
  const last = edges.length - 2;
  const centre = (tile: number): number => (edges[tile]! + edges[tile + 1]!) / 2;
  const at = i + 0.5;
  const after = edges.findIndex((_, tile) => tile > last || centre(tile) > at);
  if (after === 0) return { first: 0, second: 0, share: 0 };
  if (after > last) return { first: last, second: last, share: 0 };
  const from = centre(after - 1);
  return { first: after - 1, second: after, share: (at - from) / (centre(after) - from) };
}

/** The tile's cumulative histogram, clipped, scaled to 0..255. */
function tileTable(
  { data, width }: Image,
  left: number,
  top: number,
  right: number,
  bottom: number,
  clipLimit: number,
): Uint8Array {
  const histogram = new Int32Array(LEVELS);
  for (let y = top; y < bottom; y++) {
    for (let i = y * width + left; i < y * width + right; i++) histogram[data[i]!]!++;
  }
  const area = (right - left) * (bottom - top);
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
function clip(histogram: Int32Array, limit: number): number {
  let excess = 0;
  for (let level = 0; level < LEVELS; level++) {
    const over = histogram[level]! - limit;
    if (over <= 0) continue;
    excess += over;
    histogram[level] = limit;
  }
  return excess;
}

/** One row of tiles between two: ONE times the interpolated tables, tile after tile. */
function blendTables(
  upper: readonly Uint8Array[],
  lower: readonly Uint8Array[],
  toLower: number,
  blended: Int32Array,
): void {
  upper.forEach((above, tile) => {
    const below = lower[tile]!;
    for (let level = 0; level < LEVELS; level++) {
      blended[tile * LEVELS + level] = above[level]! * (ONE - toLower) + below[level]! * toLower;
    }
  });
}

function applyRow(
  source: Uint8Array,
  target: Uint8Array,
  start: number,
  tables: Int32Array,
  left: Int32Array,
  right: Int32Array,
  toRight: Int32Array,
): void {
  const half = (ONE * ONE) / 2;
  for (let x = 0, i = start; x < left.length; x++, i++) {
    const level = source[i]!;
    const share = toRight[x]!;
    const value =
      Math.imul(tables[left[x]! + level]!, ONE - share) + Math.imul(tables[right[x]! + level]!, share);
    target[i] = (value + half) >> 16;
  }
}
