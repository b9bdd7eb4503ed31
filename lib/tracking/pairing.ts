/** Who goes with whom in a crowd: the pairs that are possible at all, in groups that have nothing to do with each other. */
import { assign } from './assignment';

/** A row and a column that may be paired. */
export interface Pair {
  readonly row: number;
  readonly column: number;
  /** Above 0; the higher, the better they fit. */
  readonly score: number;
}

/** Up to so many rows and columns a group is solved optimally; the best pairs first beyond, where time would grow with the cube. */
const LARGEST_OPTIMAL = 128;

/**
 * Pairs each row with at most one column so that the total score is highest; in a group of rows and columns that is
 * connected and too large for that, the best pairs first.
 *
 * @param pairs those that may be made, each at most once
 * @returns for each row its column, or -1
 */
export function pairUp(rows: number, columns: number, pairs: readonly Pair[]): number[] {
  const columnOf = new Array<number>(rows).fill(-1);
  for (const group of groups(rows, columns, pairs)) {
    const inOrder = group.length === 1 ? group : solve(group);
    for (const { row, column } of inOrder) columnOf[row] = column;
  }
  return columnOf;
}

/** The pairs that share rows or columns, directly or through others. */
function groups(rows: number, columns: number, pairs: readonly Pair[]): Pair[][] {
  // A forest over rows and, behind them, columns.
  const parent = Int32Array.from({ length: rows + columns }, (_, index) => index);
  const root = (index: number): number => {
    let at = index;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  };
  for (const { row, column } of pairs) parent[root(row)] = root(rows + column);
  const found = new Map<number, Pair[]>();
  for (const pair of pairs) {
    const key = root(pair.row);
    const group = found.get(key);
    if (group) group.push(pair);
    else found.set(key, [pair]);
  }
  return [...found.values()];
}

function solve(group: readonly Pair[]): Pair[] {
  const rows = [...new Set(group.map(({ row }) => row))];
  const columns = [...new Set(group.map(({ column }) => column))];
  if (Math.max(rows.length, columns.length) > LARGEST_OPTIMAL) return bestFirst(group);
  const placeOfRow = new Map(rows.map((row, place) => [row, place]));
  const placeOfColumn = new Map(columns.map((column, place) => [column, place]));
  const scores = rows.map(() => new Array<number>(columns.length).fill(0));
  for (const { row, column, score } of group)
    scores[placeOfRow.get(row)!]![placeOfColumn.get(column)!] = score;
  const chosen = assign(scores);
  return group.filter(({ row, column }) => chosen[placeOfRow.get(row)!] === placeOfColumn.get(column));
}

function bestFirst(group: readonly Pair[]): Pair[] {
  const takenRows = new Set<number>();
  const takenColumns = new Set<number>();
  return [...group]
    .sort((a, b) => b.score - a.score)
    .filter(({ row, column }) => {
      if (takenRows.has(row) || takenColumns.has(column)) return false;
      takenRows.add(row);
      takenColumns.add(column);
      return true;
    });
}
