/** The options of a command as the user gave them, read with errors that name the option. */
import { parseArgs } from 'node:util';
import { messageOf } from '../../lib/errors';
import { UsageError } from './usage-error';

export interface Option {
  readonly name: string;
  /** How the value is shown in the usage text; absent for a flag. */
  readonly value?: string;
  readonly help: string;
}

/** Every protocol takes these. */
export const COMMON_OPTIONS: readonly Option[] = [
  { name: 'json', help: 'print one JSON object instead of a table' },
  { name: 'model', value: 'ID', help: 'embedding model of the manifest (default: the shipped default)' },
  { name: 'manifest', value: 'FILE', help: 'a manifest of your own models' },
  { name: 'flip', help: 'average each embedding with that of the mirrored face' },
  { name: 'out', value: 'DIR', help: 'write a report with plots that opens offline' },
  { name: 'provider', value: 'NAME', help: 'execution provider (default cpu)' },
  { name: 'workers', value: 'N', help: 'engines side by side (default: one a core)' },
  {
    name: 'cache',
    value: 'DIR',
    help: 'where results of the cpu are kept between runs (default .cache/evaluate)',
  },
  { name: 'no-cache', help: 'compute everything anew and keep nothing' },
];

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

  /** @throws UsageError when the value is none of the choices */
  choice<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const text = this.optional(name) ?? fallback;
    const found = choices.find((choice) => choice === text);
    if (!found)
      throw new UsageError(`Expected one of ${choices.join(', ')} for --${name} but received "${text}"`);
    return found;
  }
}
