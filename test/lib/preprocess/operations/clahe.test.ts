import assert from 'node:assert/strict';
import type { Frame } from '../../../../lib/image/frame';
import { assertClose, frameOf, randomNumbers, run } from '../support';

function greyNoise(width: number, height: number, low: number, high: number): Frame {
  const random = randomNumbers();
  return frameOf(width, height, () => {
    const level = low + Math.floor(random() * (high - low));
    return [level, level, level];
  });
}

/** Zuiderveld's method for a grey frame, in floating point: four tables for every pixel. */
function slowClahe({ data, width, height }: Frame, tiles: number, clipLimit: number): number[] {
  const level = (x: number, y: number): number => data[(y * width + x) * 3]!;
  const edges = (length: number): number[] =>
    Array.from({ length: tiles + 1 }, (_, i) => Math.round((i * length) / tiles));
  const [columns, rows] = [edges(width), edges(height)];
  const table = (column: number, row: number): number[] => {
    const histogram = new Array<number>(256).fill(0);
    for (let y = rows[row]!; y < rows[row + 1]!; y++) {
      for (let x = columns[column]!; x < columns[column + 1]!; x++) histogram[level(x, y)]!++;
    }
    const area = (columns[column + 1]! - columns[column]!) * (rows[row + 1]! - rows[row]!);
    const limit = Math.max(1, Math.floor((clipLimit * area) / 256));
    const excess = histogram.reduce((sum, count) => sum + Math.max(0, count - limit), 0);
    let below = 0;
    return histogram.map((count) => (255 * (below += Math.min(count, limit) + excess / 256)) / area);
  };
  const tables = rows.slice(1).map((_, row) => columns.slice(1).map((_, column) => table(column, row)));
  /** The tiles around a place of one axis and the weight of the second. */
  const around = (list: number[], place: number): [number, number, number] => {
    const centres = list.slice(1).map((edge, i) => (edge + list[i]!) / 2);
    const next = centres.findIndex((centre) => centre > place);
    if (next === 0) return [0, 0, 0];
    if (next < 0) return [tiles - 1, tiles - 1, 0];
    return [next - 1, next, (place - centres[next - 1]!) / (centres[next]! - centres[next - 1]!)];
  };
  const result: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [left, right, u] = around(columns, x + 0.5);
      const [upper, lower, v] = around(rows, y + 0.5);
      const value = (row: number, column: number): number => tables[row]![column]![level(x, y)]!;
      const above = value(upper, left) * (1 - u) + value(upper, right) * u;
      const below = value(lower, left) * (1 - u) + value(lower, right) * u;
      const mixed = above * (1 - v) + below * v;
      result.push(mixed, mixed, mixed);
    }
  }
  return result;
}

describe('clahe', () => {
  for (const [width, height, tiles, clipLimit] of [
    [64, 48, 8, 2],
    [61, 47, 5, 4],
    [33, 70, 1, 40],
    [40, 40, 3, 1],
  ] as const) {
    it(`agrees with the definition: ${width} × ${height}, ${tiles} tiles, clipped at ${clipLimit}`, () => {
      const frame = greyNoise(width, height, 60, 140);
      const { frame: result } = run(frame, 'clahe', { tiles, clipLimit });
      assertClose(result.data, slowClahe(frame, tiles, clipLimit), 1.5);
    });
  }

  it('takes no more tiles than there are pixels', () => {
    const frame = greyNoise(3, 2, 0, 255);
    assert.equal(run(frame, 'clahe', { tiles: 31 }).frame.data.length, 18);
  });

  it('keeps the differences between the channels', () => {
    const frame = frameOf(32, 32, (x, y) => [100 + ((x + y) % 20), 90 + ((x + y) % 20), 80 + ((x + y) % 20)]);
    const { data } = run(frame, 'clahe', { tiles: 2 }).frame;
    for (let i = 0; i < data.length; i += 3) {
      assert.deepEqual([data[i]! - data[i + 1]!, data[i + 1]! - data[i + 2]!], [10, 10]);
    }
  });
});
