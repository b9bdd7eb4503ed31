/**
 * What a validation accepts, in its own words: it is given something that no option takes, and its refusal reads
 * “Expected <range> for <name> but received <value>”.
 */
import { ArcFlowError } from '../../lib/core/errors';

/** Neither a number, a text, a list nor a switch. */
export const NOTHING_VALID: unknown = Object.freeze({});

/** @returns undefined where the validation does not look at the option, or looks into it */
export function expected(name: string, validate: (value: unknown) => unknown): string | undefined {
  try {
    validate(NOTHING_VALID);
    return undefined;
  } catch (error) {
    if (!(error instanceof ArcFlowError)) throw error;
    const [before, after] = error.message.split(` for ${name} but received `);
    return after === undefined ? undefined : before!.replace(/^Expected /, '');
  }
}
