/** What the tests of the converter share: sources, sessions on graphs that were just made, reproducible noise. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openNetwork } from '../../../lib/inference/backends/onnxruntime';
import type { Tensor } from '../../../lib/inference/network';
import { runSingle } from '../../../lib/inference/single';
import { readManifestFile, shippedManifestPath, type ModelEntry } from '../../../lib/models/manifest';
import { writeOnnx, type Graph } from '../../../scripts/models/onnx';
import { loadSources } from '../../../scripts/models/sources';
import { createRandom } from '../../../scripts/shared/random';

/** A shipped model and the file that it is made from: out of the project's cache, else from the registry. */
export async function sourceOf(id: string): Promise<{ model: ModelEntry; source: Buffer }> {
  const model = readManifestFile(shippedManifestPath()).models.find((entry) => entry.id === id)!;
  const [source] = await loadSources([model.source!], { keep: true, say: () => undefined });
  return { model, source: source! };
}

/** Runs a network on one input after the other. */
export async function runOnnx(
  network: Graph | Uint8Array,
  ...inputs: readonly { readonly data: Float32Array; readonly dims: readonly number[] }[]
): Promise<Tensor[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'arcflow-network-'));
  try {
    const file = path.join(folder, 'network.onnx');
    writeFileSync(file, network instanceof Uint8Array ? network : writeOnnx(network));
    const session = await openNetwork(file, { provider: 'cpu', threads: 1 });
    const outputs: Tensor[] = [];
    for (const { data, dims } of inputs) outputs.push(await runSingle(session, data, dims));
    await session.release();
    return outputs;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Numbers spread evenly over [low, high), the same for the same seed. */
export function noise(length: number, low: number, high: number, seed = 1): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length }, () => low + random() * (high - low));
}

/** The largest difference, in parts of the largest number expected. */
export function worstError(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Infinity;
  let worst = 0;
  let largest = 0;
  for (let index = 0; index < expected.length; index++) {
    // NaN must not pass as small.
    const error = Math.abs(found[index]! - expected[index]!);
    worst = Number.isNaN(error) ? Infinity : Math.max(worst, error);
    largest = Math.max(largest, Math.abs(expected[index]!));
  }
  return worst / largest;
}
