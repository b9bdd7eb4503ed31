/**
 * Aligned crops → unit embeddings, with a network trained with additive angular margin loss: Deng, Guo, Xue,
 * Zafeiriou, "ArcFace", 2019. The faces of a message go through the network together.
 */
import { ArcFlowError } from '../core/errors';
import { CHANNELS, type Frame } from '../image/frame';
import { writePlanes } from '../pixels/planes';
import type { Network } from '../inference/network';
import type { EmbedModel } from '../models/manifest';
import { toUnitLength } from '../core/vector';

/** Faces in one run. More take longer for each: what the layers hand on leaves the caches (docs/performance.md). */
const BATCH = 8;

export interface EmbedOptions {
  /** Average each embedding with that of the mirrored face: twice the work, slightly more accurate. */
  readonly flip: boolean;
}

/**
 * @param crops aligned faces of the model's input size
 * @returns one unit-length embedding for each crop
 */
export async function embedCrops(
  crops: readonly Frame[],
  model: EmbedModel,
  network: Network,
  { flip }: EmbedOptions,
): Promise<Float32Array[]> {
  const embeddings = await run(crops, model, network, false);
  if (flip) {
    const mirrored = await run(crops, model, network, true);
    embeddings.forEach((embedding, index) => addTo(embedding, mirrored[index]!));
  }
  return embeddings.map(directionOf);
}

/** Batches of crops, or single ones for a network whose file fixes the batch to 1. */
async function run(
  crops: readonly Frame[],
  model: EmbedModel,
  network: Network,
  mirror: boolean,
): Promise<Float32Array[]> {
  const { width, height } = model.input;
  const length = CHANNELS * width * height;
  const batch = network.inputShape[0] ?? BATCH;
  const embeddings: Float32Array[] = [];
  for (let start = 0; start < crops.length; start += batch) {
    const part = crops.slice(start, start + batch);
    // A fixed batch larger than what is left is filled up with zeros.
    const rows = network.inputShape[0] ?? part.length;
    const input = new Float32Array(rows * length);
    part.forEach((crop, index) =>
      writePlanes(crop, { ...model.input, mirror }, input.subarray(index * length)),
    );
    const { data } = await network.run(input, [rows, CHANNELS, height, width]);
    for (let index = 0; index < part.length; index++) {
      embeddings.push(data.slice(index * model.dimension, (index + 1) * model.dimension));
    }
  }
  return embeddings;
}

function addTo(target: Float32Array, other: Float32Array): void {
  for (let i = 0; i < target.length; i++) target[i]! += other[i]!;
}

/** @throws ArcFlowError MODEL_MISMATCH when the network gave numbers that are no direction. */
export function directionOf(embedding: Float32Array): Float32Array {
  const unit = toUnitLength(embedding);
  if (unit) return unit;
  throw new ArcFlowError(
    'MODEL_MISMATCH',
    'The embedding network gave zeros or no numbers: its input convention may be declared wrongly',
    'bad embedding',
  );
}

/** @throws ArcFlowError MODEL_MISMATCH that says what differs between the declaration and the file. */
export async function checkEmbedModel(model: EmbedModel, network: Network): Promise<void> {
  const { width, height } = model.input;
  const declared = [undefined, CHANNELS, height, width];
  const shape = network.inputShape;
  const fits =
    shape.length === declared.length &&
    shape.every((size, axis) => axis === 0 || size === undefined || size === declared[axis]);
  if (!fits) throw mismatch(model, 'input', `[n, ${CHANNELS}, ${height}, ${width}]`, showShape(shape));
  const rows = shape[0] ?? 1;
  const { dims } = await network.run(new Float32Array(rows * CHANNELS * width * height), [
    rows,
    CHANNELS,
    height,
    width,
  ]);
  const dimension = dims.slice(1).reduce((product, size) => product * size, 1);
  if (dims[0] !== rows || dimension !== model.dimension)
    throw mismatch(model, 'output', `[n, ${model.dimension}]`, showShape(dims));
}

function showShape(shape: readonly (number | undefined)[]): string {
  return `[${shape.map((size) => size ?? 'n').join(', ')}]`;
}

function mismatch(model: EmbedModel, side: string, declared: string, found: string): ArcFlowError {
  return new ArcFlowError(
    'MODEL_MISMATCH',
    `Model ${model.id} declares ${side} ${declared} but its file ${model.file} has ${found}`,
    'model differs',
  );
}
