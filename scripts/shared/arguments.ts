/** The options of a command as the user gave them, read with errors that name the option. */
import { parseArgs } from 'node:util';
import { messageOf } from '../../lib/core/errors';
import { UsageError } from './usage-error';

export interface Option {
  readonly name: string;
  /** How the value is shown in the usage text; absent for a flag. */
  readonly value?: string;
  readonly help: string;
}

/** The options as a usage text lists them. */
export function optionLines(options: readonly Option[]): string[] {
  const named = options.map(({ name, value, help }) => ({
    name: value === undefined ? `--${name}` : `--${name} ${value}`,
    help,
  }));
  const width = Math.max(...named.map(({ name }) => name.length));
  return named.map(({ name, help }) => `  ${name.padEnd(width)}  ${help}`);
}

export class Arguments {
  private constructor(
    private readonly values: Readonly<Record<string, string | boolean | undefined>>,
    /** What was given without an option's name. */
    readonly operands: readonly string[],
  ) {}

  /** @throws UsageError for an unknown option or a missing value */
  static parse(args: readonly string[], options: readonly Option[]): Arguments {
    try {
      const { values, positionals } = parseArgs({
        args: [...args],
        options: Object.fromEntries(
          options.map(({ name, value }) => [
            name,
            { type: value === undefined ? 'boolean' : 'string' } as const,
          ]),
        ),
        allowPositionals: true,
      });
      return new Arguments(values, positionals);
    } catch (error) {
      // Node's advice about a lone -- does not help here.
      throw new UsageError(messageOf(error).split('. ')[0]);
    }
  }

  flag(name: string): boolean {
    return this.values[name] === true;
  }

  optional(name: string): string | undefined {
    const value = this.values[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** @throws UsageError when the option is missing */
  required(name: string): string {
    const value = this.optional(name);
    if (value === undefined || value === '') throw new UsageError(`The option --${name} is missing`);
    return value;
  }

  /** @throws UsageError when the value is no number within the range (inclusive) */
  number(name: string, fallback: number, { min, max }: { min: number; max: number }): number {
    const text = this.optional(name);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (text.trim() === '' || !(value >= min && value <= max)) {
      throw new UsageError(
        `Expected a number between ${min} and ${max} for --${name} but received "${text}"`,
      );
    }
    return value;
  }

  /** @throws UsageError when the value is no whole number within the range (inclusive) */
  integer(name: string, fallback: number, range: { min: number; max: number }): number {
    const value = this.number(name, fallback, range);
    if (!Number.isInteger(value))
      throw new UsageError(
        `Expected an integer between ${range.min} and ${range.max} for --${name} but received "${value}"`,
      );
    return value;
  }

  /** @throws UsageError when the value is none of the choices */
  choice<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const text = this.optional(name) ?? fallback;
    const found = choices.find((choice) => choice === text);
    if (!found)
      throw new UsageError(`Expected one of ${choices.join(', ')} for --${name} but received "${text}"`);
    return found;
  }
}
