/** The catalogue of operations, and lists of steps as they come from an editor or a message. */
import { toValues, type Value } from '../core/parameters';
import { invalid, isRecord, oneOf } from '../core/validate';
import { auto } from './auto';
import type { Operation } from './operation';
import { bilateral } from './operations/bilateral';
import { brightness } from './operations/brightness';
import { clahe } from './operations/clahe';
import { contrast } from './operations/contrast';
import { crop } from './operations/crop';
import { equalise } from './operations/equalise';
import { flip } from './operations/flip';
import { gamma } from './operations/gamma';
import { gaussian } from './operations/gaussian';
import { greyWorld } from './operations/grey-world';
import { greyscale } from './operations/greyscale';
import { homomorphic } from './operations/homomorphic';
import { lens } from './operations/lens';
import { matchReference } from './operations/match-reference';
import { median } from './operations/median';
import { nonLocalMeans } from './operations/non-local-means';
import { normalise } from './operations/normalise';
import { perspective } from './operations/perspective';
import { resize } from './operations/resize';
import { retinex } from './operations/retinex';
import { rotate } from './operations/rotate';
import { saturation } from './operations/saturation';
import { sharpen } from './operations/sharpen';
import { stretch } from './operations/stretch';
import { upright } from './operations/upright';
import { whiteBalance } from './operations/white-balance';
import { whitePatch } from './operations/white-patch';

/** In the order of the editor's menu: automatic; light; colour; contrast; detail; geometry. */
export const OPERATIONS: readonly Operation[] = [
  auto,
  ...[gamma, brightness, retinex, homomorphic],
  ...[greyWorld, whitePatch, whiteBalance, saturation, greyscale],
  ...[contrast, equalise, clahe, stretch, normalise, matchReference],
  ...[gaussian, median, bilateral, nonLocalMeans, sharpen],
  ...[rotate, flip, crop, resize, perspective, lens, upright],
];

/** The longest list of steps: more than anyone needs, and few enough that no message holds its engine for long. */
export const MOST_STEPS = 32;

export const OPERATION_IDS = OPERATIONS.map(({ id }) => id);

/** One step of a list: an operation, whether it is switched on, and the value of each of its parameters. */
export interface Step {
  readonly id: string;
  readonly enabled: boolean;
  readonly [parameter: string]: Value;
}

/** @throws ArcFlowError INVALID_ARGUMENT that names the known ones. */
export function operationOf(id: unknown, name = 'step.id'): Operation {
  const known = oneOf(id, name, OPERATION_IDS);
  return OPERATIONS.find((candidate) => candidate.id === known)!;
}

/**
 * A list of steps from outside: objects { id, enabled, … } with the operation's parameters beside the id. What is
 * missing gets its default; steps are enabled unless they say otherwise. At most MOST_STEPS of them.
 * @throws ArcFlowError INVALID_ARGUMENT that names the step, the parameter and its range
 */
export function toSteps(value: unknown, name = 'steps'): readonly Step[] {
  if (!Array.isArray(value)) throw invalid('a list of preprocessing steps', name, value);
  if (value.length > MOST_STEPS) throw invalid(`at most ${MOST_STEPS} steps`, name, value);
  return value.map((step: unknown, index) => toStep(step, `${name}[${index}]`));
}

function toStep(value: unknown, name: string): Step {
  if (!isRecord(value)) throw invalid('a preprocessing step { id, … }', name, value);
  const { id, enabled = true, ...given } = value;
  const { id: known, parameters } = operationOf(id, `${name}.id`);
  if (typeof enabled !== 'boolean') throw invalid('true or false', `${known}.enabled`, enabled);
  return { id: known, enabled, ...toValues(given, parameters, known, `${known}.`) };
}
