/** Reading the editor's strings: each field is converted once, and a field that is out of range is named. */
import { invalid, numberIn, oneOf, type Range } from '../../lib/core/validate';

/** Of the JPEGs that nodes send: smaller files than quality 90 looks worth for a preview. */
export const JPEG_QUALITY = 85;

/** A number that the editor keeps as a string; empty or absent gives the fallback. */
export function numberField(value: unknown, name: string, fallback: number, range: Range = {}): number {
  if (value === undefined || value === null || value === '') return fallback;
  return numberIn(typeof value === 'string' ? Number(value) : value, name, range);
}

/** A checkbox; absent gives the fallback. */
export function flagField(value: unknown, name: string, fallback: boolean): boolean {
  if (value === undefined || value === null || value === '') return fallback;
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw invalid('true or false', name, value);
}

/** A select; empty or absent gives the fallback. */
export function choiceField<T extends string>(
  value: unknown,
  name: string,
  choices: readonly T[],
  fallback: T,
): T {
  return value === undefined || value === null || value === '' ? fallback : oneOf(value, name, choices);
}

/** A text; absent gives the fallback. */
export function textField(value: unknown, name: string, fallback = ''): string {
  if (value === undefined || value === null) return fallback;
  if (typeof value !== 'string') throw invalid('text', name, value);
  return value.trim() === '' ? fallback : value.trim();
}
