/** Stage 1: P-Net slides over every level of the pyramid and proposes candidates. */
import { nonMaximumSuppression } from '../geometry/nms';
import { CHANNELS } from '../image/frame';
import type { Network, Output } from '../inference/network';
import type { Stopwatch } from '../stopwatch';
import { logit, regress, sigmoid, toSquare, type Candidate } from './candidate';
import { PROPOSAL_SIZE, type PyramidLevel } from './pyramid';

/** P-Net's max-pooling halves the resolution: neighbouring cells lie two pixels apart. */
const STRIDE = 2;
/** Suppression within a level and over all levels (Zhang et al. 2016, published demo). */
const LEVEL_OVERLAP = 0.5;
const PYRAMID_OVERLAP = 0.7;

export async function propose(
  network: Network,
  levels: readonly PyramidLevel[],
  threshold: number,
  watch: Stopwatch,
): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  for (const level of levels) {
    const output = await watch.time('pnet', () =>
      network.run(level.data, [1, CHANNELS, level.height, level.width]),
    );
    const cells = await watch.time('nms', () =>
      nonMaximumSuppression(candidatesOf(output, level, threshold), LEVEL_OVERLAP),
    );
    candidates.push(...cells);
  }
  return watch.time('nms', () =>
    nonMaximumSuppression(candidates, PYRAMID_OVERLAP).map(regress).map(toSquare),
  );
}

/** The cells of a level's prediction map [1, 5, h, w] that are likely faces, in frame pixels. */
export function candidatesOf({ data, dims }: Output, level: PyramidLevel, threshold: number): Candidate[] {
  const height = dims[2]!;
  const width = dims[3]!;
  const plane = width * height;
  const least = logit(threshold);
  const candidates: Candidate[] = [];
  for (let cell = 0; cell < plane; cell++) {
    if (data[cell]! < least) continue;
    const left = (cell % width) * STRIDE;
    const top = Math.floor(cell / width) * STRIDE;
    candidates.push({
      x1: left / level.scaleX,
      y1: top / level.scaleY,
      x2: (left + PROPOSAL_SIZE) / level.scaleX,
      y2: (top + PROPOSAL_SIZE) / level.scaleY,
      score: sigmoid(data[cell]!),
      regression: [
        data[plane + cell]!,
        data[2 * plane + cell]!,
        data[3 * plane + cell]!,
        data[4 * plane + cell]!,
      ],
    });
  }
  return candidates;
}
