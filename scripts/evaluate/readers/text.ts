/** What the plain-text formats share: lines, fields, and errors that name the line. */
import { ArcFlowError } from '../../../lib/core/errors';

export interface Line {
  readonly number: number;
  readonly text: string;
}

/** The lines that are not empty, trimmed, with their numbers from 1. */
export function linesOf(text: string): Line[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line, index) => ({ number: index + 1, text: line.trim() }))
    .filter((line) => line.text !== '');
}

export function badLine(file: string, { number, text }: Line, expected: string): ArcFlowError {
  const message = `Expected ${expected} in line ${number} of ${file} but found "${text}"`;
  return new ArcFlowError('INVALID_ARGUMENT', message, `bad line ${number}`);
}

export function badFile(file: string, expected: string): ArcFlowError {
  return new ArcFlowError('INVALID_ARGUMENT', `Expected ${expected} in ${file}`, 'bad file');
}

/** A whole number of at least `least`; undefined otherwise. */
export function wholeNumber(text: string | undefined, least = 0): number | undefined {
  if (text === undefined || !/^\d+$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= least ? value : undefined;
}

export interface CsvRow {
  readonly line: Line;
  /** The text in a column; the column is one of those that were asked for. */
  readonly field: (column: string) => string;
}

/** A comma-separated file with a header line. Fields may be quoted ("" stands for a quote). */
export function readCsv(text: string, file: string, columns: readonly string[]): CsvRow[] {
  const [header, ...rows] = linesOf(text);
  if (!header) throw badFile(file, `a first line with the columns ${columns.join(', ')}`);
  const names = splitCsv(header.text).map((name) => name.toLowerCase());
  for (const column of columns) {
    if (!names.includes(column)) throw badLine(file, header, `a column ${column}`);
  }
  return rows.map((line) => {
    const fields = splitCsv(line.text);
    if (fields.length !== names.length) throw badLine(file, line, `${names.length} fields`);
    return { line, field: (column) => fields[names.indexOf(column)]! };
  });
}

function splitCsv(line: string): string[] {
  const fields = line.match(/(?:^|,)(?:"(?:[^"]|"")*"|[^,]*)/g) ?? [];
  return fields.map((field) => {
    const text = field.replace(/^,/, '').trim();
    return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
  });
}
