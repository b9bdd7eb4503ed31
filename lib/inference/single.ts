/** Networks of one input, whatever their files call it. */
import { ArcFlowError } from '../core/errors';
import type { Network, Shape, Tensor } from './network';

/**
 * Runs a network on its one input.
 * @returns its first output
 * @throws ArcFlowError MODEL_MISMATCH when it has more than one input
 */
export async function runSingle(
  network: Network,
  data: Float32Array,
  dims: readonly number[],
): Promise<Tensor> {
  const outputs = await network.run({ [inputName(network)]: { data, dims } });
  return Object.values(outputs)[0]!;
}

/** The declared shape of a network's one input. */
export function inputShape(network: Network): Shape {
  return network.inputs[inputName(network)]!;
}

function inputName({ inputs }: Network): string {
  const names = Object.keys(inputs);
  if (names.length === 1) return names[0]!;
  throw new ArcFlowError(
    'MODEL_MISMATCH',
    `Expected a network with one image input but it has ${names.join(', ')}`,
    'wrong model',
  );
}
