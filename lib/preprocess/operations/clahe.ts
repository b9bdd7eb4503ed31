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
  const result = createImage(width, height, 1);
  for (const span of spansBetween(rows)) {
    applyRows(
      data,
      result.data,
      width,
      span,
      tables[span.first]!,
      tables[span.second]!,
      spansBetween(columns),
    );
  }
  return result;
}

/** The rows between the centres of two rows of tiles. */
function applyRows(
  source: Uint8Array,
  target: Uint8Array,
  width: number,
  { start, shares }: Span,
  upper: readonly Uint8Array[],
  lower: readonly Uint8Array[],
  across: readonly Span[],
): void {
  const blended = new Int32Array(upper.length * LEVELS);
  for (let row = 0; row < shares.length; row++) {
    for (let tile = 0; tile < upper.length; tile++) {
      blendTables(upper[tile]!, lower[tile]!, shares[row]!, blended, tile * LEVELS);
    }
    for (const span of across) applySpan(source, target, (start + row) * width, blended, span);
  }
}

/** Weights of the interpolation between tiles are whole numbers of 1/256. */
const ONE = 256;

/** Pixels of one axis between the centres of two tiles. */
interface Span {
  readonly first: number;
  readonly second: number;
  readonly start: number;
  /** For each pixel the weight of the second tile. */
  readonly shares: Int32Array;
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
    const shares = Int32Array.from({ length: Math.ceil(to - 0.5) - start }, (_, i) =>
      first === second ? 0 : Math.round((ONE * (start + i + 0.5 - from)) / (to - from)),
    );
    return { first, second, start, shares };
  });
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

/** ONE times the table of a tile between two of the same column. */
function blendTables(
  upper: Uint8Array,
  lower: Uint8Array,
  toLower: number,
  blended: Int32Array,
  at: number,
): void {
  for (let level = 0; level < LEVELS; level++) {
    blended[at + level] = Math.imul(upper[level]!, ONE - toLower) + Math.imul(lower[level]!, toLower);
  }
}

function applySpan(
  source: Uint8Array,
  target: Uint8Array,
  rowStart: number,
  tables: Int32Array,
  { first, second, start, shares }: Span,
): void {
  const left = first * LEVELS;
  const right = second * LEVELS;
  const half = (ONE * ONE) / 2;
  for (let x = 0, i = rowStart + start; x < shares.length; x++, i++) {
    const level = source[i]!;
    const share = shares[x]!;
    const value = Math.imul(tables[left + level]!, ONE - share) + Math.imul(tables[right + level]!, share);
    target[i] = (value + half) >> 16;
  }
}
