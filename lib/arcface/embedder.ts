/**
 * Aligned crops → unit embeddings, with a network trained with additive angular margin loss: Deng, Guo, Xue,
 * Zafeiriou, "ArcFace", 2019. All faces of a message go through the network in one batch.
 */
import { ArcFlowError } from '../errors';
import { CHANNELS, type Frame } from '../image/frame';
import type { Network } from '../inference/network';
import type { EmbedModel } from '../models/manifest';

/** Faces in one run: bounds the memory that a crowd takes. */
const BATCH = 32;

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
  return embeddings.map(toUnitLength);
}

/** Batches of crops, or single ones for a network whose file fixes the batch to 1. */
async function run(
  crops: readonly Frame[],
  model: EmbedModel,
  network: Network,
  mirror: boolean,
): Promise<Float32Array[]> {
  const { width, height } = model.input;
  const batch = network.inputShape[0] ?? BATCH;
  const embeddings: Float32Array[] = [];
  for (let start = 0; start < crops.length; start += batch) {
    const part = crops.slice(start, start + batch);
    // A fixed batch larger than what is left is filled up with zeros.
    const rows = network.inputShape[0] ?? part.length;
    const input = new Float32Array(rows * CHANNELS * width * height);
    part.forEach((crop, index) => toPlanes(crop, model, mirror, input, index * CHANNELS * width * height));
    const { data } = await network.run(input, [rows, CHANNELS, height, width]);
    for (let index = 0; index < part.length; index++) {
      embeddings.push(data.slice(index * model.dimension, (index + 1) * model.dimension));
    }
  }
  return embeddings;
}

/** Interleaved bytes → planes in the model's colour order and range: (pixel − mean) × scale. */
function toPlanes(
  { data, width, height }: Frame,
  { input }: EmbedModel,
  mirror: boolean,
  target: Float32Array,
  offset: number,
): void {
  const { mean, scale, colour } = input;
  const plane = width * height;
  for (let c = 0; c < CHANNELS; c++) {
    const channel = colour === 'RGB' ? c : CHANNELS - 1 - c;
    for (let y = 0; y < height; y++) {
      const row = y * width;
      const to = offset + c * plane + row;
      for (let x = 0; x < width; x++) {
        const column = mirror ? width - 1 - x : x;
        target[to + x] = (data[(row + column) * CHANNELS + channel]! - mean) * scale;
      }
    }
  }
}

function addTo(target: Float32Array, other: Float32Array): void {
  for (let i = 0; i < target.length; i++) target[i]! += other[i]!;
}

/** @throws ArcFlowError MODEL_MISMATCH when the network gave numbers that are no direction. */
export function toUnitLength(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const length = Math.sqrt(squares);
  if (!(length > 0) || !Number.isFinite(length)) {
    throw new ArcFlowError(
      'MODEL_MISMATCH',
      'The embedding network gave zeros or no numbers: its input convention may be declared wrongly',
      'bad embedding',
    );
  }
  return vector.map((value) => value / length);
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
