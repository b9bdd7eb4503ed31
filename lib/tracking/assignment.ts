/** Who goes with whom: the assignment of rows to columns with the highest total score. */

/**
 * Maximum-weight assignment by shortest augmenting paths (Kuhn 1955; Jonker and Volgenant 1987), O(rows² × columns).
 * Optimal rather than greedy: two faces that both shift by half their width would each take the neighbour's track if
 * the best single pair were served first, and at the size of a crowd in a frame the optimum costs microseconds.
 *
 * @param scores rows × columns; a pair with a score of 0 or less is never made, so that a row may stay alone
 * @returns for each row its column, or -1
 */
export function assign(scores: readonly (readonly number[])[]): number[] {
  const rows = scores.length;
  const columns = scores[0]?.length ?? 0;
  // One spare column for each row, at no score: staying alone.
  const width = columns + rows;
  const cost = (row: number, column: number) => -Math.max(scores[row]![column] ?? 0, 0);

  // Index `width` stands for the row that seeks its column; potentials keep every reduced cost non-negative.
  const rowPotential = new Float64Array(rows);
  const columnPotential = new Float64Array(width + 1);
  const rowOf = new Int32Array(width + 1).fill(-1);

  for (let seeker = 0; seeker < rows; seeker++) {
    const distance = new Float64Array(width).fill(Infinity);
    const previous = new Int32Array(width).fill(width);
    const visited = new Uint8Array(width + 1);
    let column = width;
    rowOf[width] = seeker;
    while (rowOf[column] !== -1) {
      visited[column] = 1;
      const row = rowOf[column]!;
      let nearest = -1;
      for (let c = 0; c < width; c++) {
        if (visited[c]) continue;
        const reduced = cost(row, c) - rowPotential[row]! - columnPotential[c]!;
        if (reduced < distance[c]!) {
          distance[c] = reduced;
          previous[c] = column;
        }
        if (nearest < 0 || distance[c]! < distance[nearest]!) nearest = c;
      }
      const step = distance[nearest]!;
      for (let c = 0; c < width; c++) {
        if (visited[c]) {
          rowPotential[rowOf[c]!]! += step;
          columnPotential[c]! -= step;
        } else distance[c]! -= step;
      }
      rowPotential[seeker]! += step;
      column = nearest;
    }
    // Shift the rows along the path, so that the seeker gets a column of its own.
    while (column !== width) {
      const from = previous[column]!;
      rowOf[column] = rowOf[from]!;
      column = from;
    }
  }

  const columnOf = new Array<number>(rows).fill(-1);
  for (let column = 0; column < columns; column++) {
    const row = rowOf[column]!;
    if (row >= 0 && scores[row]![column]! > 0) columnOf[row] = column;
  }
  return columnOf;
}
