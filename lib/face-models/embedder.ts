/**
 * Aligned crops → unit embeddings, with a network trained with additive angular margin loss: Deng, Guo, Xue,
 * Zafeiriou, "ArcFace", 2019. The faces of a message go through the network together.
 */
import { ArcFlowError } from '../core/errors';
import type { Frame } from '../image/frame';
import type { Network } from '../inference/network';
import type { EmbedModel } from '../models/manifest';
import { runOnCrops } from './crop-network';
import { toUnitLength } from '../core/vector';

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
  const embeddings = await runOnCrops(crops, model.input, network);
  if (flip) {
    const mirrored = await runOnCrops(crops, model.input, network, true);
    embeddings.forEach((embedding, index) => addTo(embedding, mirrored[index]!));
  }
  return embeddings.map(directionOf);
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
