/** Tables in plain text. */

export type Cell = string | number | null;

/** Columns as wide as their widest cell, numbers to the right, nothing where there is no value. */
export function table(headers: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const texts = rows.map((row) => row.map((cell) => (cell === null ? '' : String(cell))));
  const widths = headers.map((header, column) =>
    Math.max(header.length, ...texts.map((row) => row[column]!.length)),
  );
  const isNumeric = headers.map((_, column) => rows.every((row) => typeof row[column] !== 'string'));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        isNumeric[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd();
  return [headers, ...texts].map((cells) => `  ${line(cells)}\n`).join('');
}
