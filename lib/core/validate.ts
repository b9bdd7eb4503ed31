/** Narrowing of values from outside. Every refusal reads "Expected <range> for <name> but received <value>". */
import { types } from 'node:util';
import { ArcFlowError } from './errors';

const LONGEST_SHOWN = 60;

/** A value as it stands in an error sentence: short, and never pixels or an embedding. */
export function describe(value: unknown): string {
  if (value === undefined || value === null || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  if (typeof value === 'string')
    return value.length > LONGEST_SHOWN ? `"${value.slice(0, LONGEST_SHOWN)}…"` : `"${value}"`;
  if (types.isProxy(value)) return 'a Proxy';
  if (Buffer.isBuffer(value)) return `Buffer of ${value.byteLength} bytes`;
  // The tag is there where a constructor may not be.
  if (ArrayBuffer.isView(value))
    return `${Object.prototype.toString.call(value).slice(8, -1)} of ${value.byteLength} bytes`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

export function invalid(expected: string, name: string, value: unknown): ArcFlowError {
  return new ArcFlowError(
    'INVALID_ARGUMENT',
    `Expected ${expected} for ${name} but received ${describe(value)}`,
    `bad ${name}`.slice(0, 20),
  );
}

export interface Range {
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
}

function rangeText({ min = -Infinity, max = Infinity, integer = false }: Range): string {
  const kind = integer ? 'an integer' : 'a number';
  if (Number.isFinite(min) && Number.isFinite(max)) return `${kind} between ${min} and ${max}`;
  if (Number.isFinite(min)) return `${kind} of at least ${min}`;
  return Number.isFinite(max) ? `${kind} of at most ${max}` : kind;
}

/** @throws ArcFlowError INVALID_ARGUMENT unless value is a finite number within range (inclusive). */
export function numberIn(value: unknown, name: string, range: Range = {}): number {
  const { min = -Infinity, max = Infinity, integer = false } = range;
  const fits =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    value >= min &&
    value <= max &&
    (!integer || Number.isInteger(value));
  if (!fits) throw invalid(rangeText(range), name, value);
  return value;
}

/** @throws ArcFlowError INVALID_ARGUMENT unless value is one of the choices. */
export function oneOf<T extends string>(value: unknown, name: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw invalid(`one of ${choices.join(', ')}`, name, value);
  return found;
}

/** @throws ArcFlowError INVALID_ARGUMENT unless value is a string with something in it. */
export function nonEmptyString(value: unknown, name: string): string {
  if (typeof value !== 'string' || value.trim() === '') throw invalid('a non-empty string', name, value);
  return value;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
