/** Stages 2 and 3: R-Net and O-Net look at each candidate again, larger, and keep the likely ones. */
import { CHANNELS } from '../../image/frame';
import type { Network } from '../../inference/network';
import { runSingle } from '../../inference/single';
import type { Stopwatch } from '../../core/stopwatch';
import { logit, sigmoid, type Candidate } from './candidate';
import { MAX_CROPS, type Pyramid } from './pyramid';

const REGRESSION_START = 1;
const POINTS_START = 5;

export interface Stage {
  readonly name: 'rnet' | 'onet';
  readonly network: Network;
  /** Side of the network's input, pixels. */
  readonly size: number;
  /** Candidates in one run. More take longer for each: the layers' results leave the caches. */
  readonly batch: number;
  readonly threshold: number;
}

/** The candidates (square boxes) that the network takes for a face, with its score and regression. */
export async function refine(
  stage: Stage,
  pyramid: Pyramid,
  candidates: readonly Candidate[],
  watch: Stopwatch,
): Promise<Candidate[]> {
  const kept: Candidate[] = [];
  for (const cut of piecesOf(candidates, MAX_CROPS)) {
    // Crops of many runs first: after a run of the network, the picture has left the caches.
    const crops = await watch.time('crops', () => pyramid.crop(cut, stage.size));
    const length = crops.length / cut.length;
    let from = 0;
    for (const batch of piecesOf(cut, stage.batch)) {
      const input = crops.subarray(from, (from += batch.length * length));
      const dims = [batch.length, CHANNELS, stage.size, stage.size];
      const { data } = await watch.time(stage.name, () => runSingle(stage.network, input, dims));
      kept.push(...judge(batch, data, stage.threshold));
    }
  }
  return kept;
}

/** The items in their order, so many at a time. */
function piecesOf<T>(items: readonly T[], most: number): T[][] {
  const count = Math.ceil(items.length / most);
  return Array.from({ length: count }, (_, piece) => items.slice(piece * most, (piece + 1) * most));
}

/** Reads a prediction [n, 5 or 15]: logit, box regression and, from O-Net, landmarks. */
function judge(candidates: readonly Candidate[], prediction: Float32Array, threshold: number): Candidate[] {
  const columns = prediction.length / candidates.length;
  const least = logit(threshold);
  const kept: Candidate[] = [];
  candidates.forEach(({ x1, y1, x2, y2 }, index) => {
    const at = index * columns;
    const score = prediction[at]!;
    if (score < least) return;
    const edge = (which: number): number => prediction[at + REGRESSION_START + which]!;
    const points = columns > POINTS_START ? prediction.slice(at + POINTS_START, at + columns) : undefined;
    const regression = [edge(0), edge(1), edge(2), edge(3)] as const;
    kept.push({ x1, y1, x2, y2, score: sigmoid(score), regression, points });
  });
  return kept;
}
