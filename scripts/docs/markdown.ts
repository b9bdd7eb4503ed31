/** Tables in Markdown; prettier aligns them. */

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map(row).join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replace(/\s+/g, ' ').replaceAll('|', '\\|').trim()).join(' | ')} |`;
}

export function code(value: unknown): string {
  return `\`${String(value)}\``;
}

/** Choices as an error lists them, with each in code. */
export function codes(values: readonly unknown[]): string {
  return values.map(code).join(', ');
}
