/** Embedding in batches: alignment, sharpness and network; beside the bare network. */
import { alignFace } from '../lib/face-models/align';
import { embedCrops } from '../lib/face-models/embedder';
import { measureSharpness } from '../lib/face-models/sharpness';
import type { Landmarks } from '../lib/core/face';
import type { Frame } from '../lib/image/frame';
import type { EmbedModel } from '../lib/models/manifest';
import { openRecorded } from './networks';
import { median, rounded } from './statistics';

export interface EmbedTiming {
  readonly model: string;
  readonly batch: number;
  /** From a frame with landmarks to unit embeddings and sharpness, milliseconds. */
  readonly totalMs: number;
  readonly alignMs: number;
  /** Nothing but session.run on the same tensors. */
  readonly networkMs: number;
  /** totalMs / networkMs. */
  readonly overhead: number;
}

/** @param landmarks of the faces in the frame, at least one; they repeat in larger batches */
export async function benchEmbed(
  frame: Frame,
  landmarks: readonly Landmarks[],
  model: EmbedModel,
  batch: number,
  runs: number,
): Promise<EmbedTiming> {
  const network = await openRecorded(model.path);
  const faces = Array.from({ length: batch }, (_, index) => landmarks[index % landmarks.length]!);
  const takes: { total: number; align: number; bare: number }[] = [];
  for (let run = 0; run <= runs; run++) {
    if (run === 0) network.record();
    const started = performance.now();
    const crops = faces.map((points) => alignFace(frame, points, model.input.width));
    crops.forEach(measureSharpness);
    const aligned = performance.now();
    await embedCrops(crops, model, network, { flip: false });
    const done = performance.now();
    const bare = await network.replay();
    // The first run compiles, allocates and records.
    if (run > 0) takes.push({ total: done - started, align: aligned - started, bare });
  }
  await network.release();
  const totalMs = rounded(median(takes.map(({ total }) => total)));
  const networkMs = rounded(median(takes.map(({ bare }) => bare)));
  return {
    model: model.id,
    batch,
    totalMs,
    alignMs: rounded(median(takes.map(({ align }) => align))),
    networkMs,
    overhead: rounded(totalMs / networkMs),
  };
}
