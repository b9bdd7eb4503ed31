/**
 * Declared parameters: what an operation or a detector may be told, with range, default and unit. Dialogs, validation and
 * documents are made from the declaration.
 */
import type { Point } from './box';
import { invalid, isRecord, numberIn, oneOf } from './validate';

interface Described {
  readonly name: string;
  /** The parameter counts only where another one has this value. */
  readonly when?: { readonly parameter: string; readonly is: string };
}

/** What numbers are measured in: levels are 0..255, percents 0..100, factors plain numbers, probabilities 0..1. */
export type Unit =
  | 'levels'
  | 'pixels'
  | 'percent'
  | 'degrees'
  | 'kelvin'
  | 'factor'
  | 'exponent'
  | 'coefficient'
  | 'count'
  | 'probability';

export interface NumberParameter extends Described {
  readonly type: 'number' | 'integer';
  /** Both ends belong to the range. */
  readonly min: number;
  readonly max: number;
  readonly default: number;
  readonly unit: Unit;
}

export interface ChoiceParameter extends Described {
  readonly type: 'choice';
  readonly choices: readonly string[];
  readonly default: string;
}

export interface BooleanParameter extends Described {
  readonly type: 'boolean';
  readonly default: boolean;
}

/** Points of the frame, in percent of its width and height. */
export interface PointsParameter extends Described {
  readonly type: 'points';
  readonly default: readonly Point[];
  readonly min: number;
  readonly max: number;
  readonly unit: 'percent';
}

export type Parameter = NumberParameter | ChoiceParameter | BooleanParameter | PointsParameter;
export type Value = number | string | boolean | readonly Point[];

type ValueOf<P extends Parameter> = P extends NumberParameter
  ? number
  : P extends ChoiceParameter
    ? P['choices'][number]
    : P extends BooleanParameter
      ? boolean
      : readonly Point[];

/** The values of a list of parameters, by name. */
export type Values<P extends readonly Parameter[]> = {
  readonly [Q in P[number] as Q['name']]: ValueOf<Q>;
};

/**
 * The values of a list of parameters from outside; what is missing gets its default.
 * @param prefix put before a parameter's name in an error
 * @throws ArcFlowError INVALID_ARGUMENT that names the parameter and its range, or what is no parameter
 */
export function toValues<const P extends readonly Parameter[]>(
  given: Readonly<Record<string, unknown>>,
  parameters: P,
  owner: string,
  prefix = '',
): Values<P> {
  const names = parameters.map(({ name }) => name);
  const stray = Object.keys(given).find((key) => !names.includes(key));
  if (stray !== undefined) {
    throw invalid(names.length === 0 ? 'no parameters' : `only ${names.join(', ')}`, owner, stray);
  }
  const values = parameters.map((parameter): [string, Value] => [
    parameter.name,
    toValue(given[parameter.name], parameter, prefix + parameter.name),
  ]);
  return Object.fromEntries(values) as Values<P>;
}

function toValue(value: unknown, parameter: Parameter, name: string): Value {
  if (value === undefined) return parameter.default;
  switch (parameter.type) {
    case 'number':
    case 'integer':
      return numberIn(value, name, { ...parameter, integer: parameter.type === 'integer' });
    case 'choice':
      return oneOf(value, name, parameter.choices);
    case 'boolean':
      if (typeof value !== 'boolean') throw invalid('true or false', name, value);
      return value;
    case 'points':
      return toPoints(value, parameter.default.length, parameter, name);
  }
}

function toPoints(
  value: unknown,
  count: number,
  range: { readonly min: number; readonly max: number },
  name: string,
): Value {
  if (!Array.isArray(value) || value.length !== count) throw invalid(`${count} points { x, y }`, name, value);
  return value.map((point: unknown, index) => {
    if (!isRecord(point)) throw invalid('a point { x, y }', `${name}[${index}]`, point);
    const { x, y } = point;
    return {
      x: numberIn(x, `${name}[${index}].x`, range),
      y: numberIn(y, `${name}[${index}].y`, range),
    };
  });
}
