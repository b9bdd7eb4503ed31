/** A network that looks at crops of faces, whatever its output means: batches in, one row of numbers for each crop out. */
import { ArcFlowError } from '../core/errors';
import { CHANNELS, type Frame } from '../image/frame';
import { writePlanes } from '../pixels/planes';
import type { Network, Shape } from '../inference/network';
import { inputShape, runSingle } from '../inference/single';
import type { ModelInput } from '../models/manifest';

/** Faces in one run. More take longer for each: what the layers hand on leaves the caches (docs/performance.md). */
const BATCH = 8;

/**
 * Batches of crops, or single ones for a network whose file fixes the batch to 1.
 * @param crops of the input's size
 * @returns what the network gives for each crop
 */
export async function runOnCrops(
  crops: readonly Frame[],
  declared: ModelInput,
  network: Network,
  mirror = false,
): Promise<Float32Array[]> {
  const { width, height } = declared;
  const length = CHANNELS * width * height;
  const [fixed] = inputShape(network);
  const batch = fixed ?? BATCH;
  const results: Float32Array[] = [];
  for (let start = 0; start < crops.length; start += batch) {
    const part = crops.slice(start, start + batch);
    // A fixed batch larger than what is left is filled up with zeros.
    const rows = fixed ?? part.length;
    const input = new Float32Array(rows * length);
    part.forEach((crop, index) => writePlanes(crop, { ...declared, mirror }, input.subarray(index * length)));
    const { data } = await runSingle(network, input, [rows, CHANNELS, height, width]);
    const row = data.length / rows;
    part.forEach((_, index) => results.push(data.slice(index * row, (index + 1) * row)));
  }
  return results;
}

/** What a manifest says of a network on crops. */
export interface DeclaredNetwork {
  readonly id: string;
  readonly file: string;
  readonly input: ModelInput;
}

/**
 * @param outputs numbers that it declares for each crop
 * @throws ArcFlowError MODEL_MISMATCH that says what differs between the declaration and the file
 */
export async function checkCropNetwork(
  model: DeclaredNetwork,
  outputs: number,
  network: Network,
): Promise<void> {
  const { width, height } = model.input;
  const declared = [undefined, CHANNELS, height, width];
  const shape = inputShape(network);
  const fits =
    shape.length === declared.length &&
    shape.every((size, axis) => axis === 0 || size === undefined || size === declared[axis]);
  if (!fits) throw mismatch(model, 'input', `[n, ${CHANNELS}, ${height}, ${width}]`, showShape(shape));
  const rows = shape[0] ?? 1;
  const { dims } = await runSingle(network, new Float32Array(rows * CHANNELS * width * height), [
    rows,
    CHANNELS,
    height,
    width,
  ]);
  const length = dims.slice(1).reduce((product, size) => product * size, 1);
  if (dims[0] !== rows || length !== outputs)
    throw mismatch(model, 'output', `[n, ${outputs}]`, showShape(dims));
}

function showShape(shape: Shape): string {
  return `[${shape.map((size) => size ?? 'n').join(', ')}]`;
}

function mismatch(model: DeclaredNetwork, side: string, declared: string, found: string): ArcFlowError {
  return new ArcFlowError(
    'MODEL_MISMATCH',
    `Model ${model.id} declares ${side} ${declared} but its file ${model.file} has ${found}`,
    'model differs',
  );
}
