/** Embedding in batches: alignment, network, sharpness; beside the bare network. */
import { alignFace } from '../lib/arcface/align';
import { embedCrops } from '../lib/arcface/embedder';
import { measureSharpness } from '../lib/arcface/sharpness';
import type { Landmarks } from '../lib/face';
import type { Frame } from '../lib/image/frame';
import { openNetwork } from '../lib/inference/network';
import type { EmbedModel } from '../lib/models/manifest';
import { record } from './networks';
import { median, rounded } from './statistics';

export interface EmbedTiming {
  readonly model: string;
  readonly batch: number;
  /** From a frame with landmarks to unit embeddings and sharpness, milliseconds. */
  readonly totalMs: number;
  readonly alignMs: number;
  /** Nothing but session.run on the same tensors. */
  readonly networkMs: number;
  readonly overhead: number;
}

export async function benchEmbed(
  frame: Frame,
  landmarks: readonly Landmarks[],
  model: EmbedModel,
  batch: number,
  { runs, threads }: { readonly runs: number; readonly threads: number },
): Promise<EmbedTiming> {
  const network = record(await openNetwork(model.path, { provider: 'cpu', threads }));
  const faces = Array.from({ length: batch }, (_, index) => landmarks[index % landmarks.length]!);
  const totals: number[] = [];
  const aligns: number[] = [];
  const bare: number[] = [];
  for (let run = 0; run <= runs; run++) {
    if (run === 0) network.forget();
    const started = performance.now();
    const crops = faces.map((points) => alignFace(frame, points, model.input.width));
    const aligned = performance.now();
    await embedCrops(crops, model, network, { flip: false });
    crops.forEach(measureSharpness);
    const done = performance.now();
    const alone = await network.replay();
    if (run === 0) continue;
    totals.push(done - started);
    aligns.push(aligned - started);
    bare.push(alone);
  }
  await network.release();
  const totalMs = rounded(median(totals));
  const networkMs = rounded(median(bare));
  const overhead = rounded(totalMs / networkMs);
  return { model: model.id, batch, totalMs, alignMs: rounded(median(aligns)), networkMs, overhead };
}
