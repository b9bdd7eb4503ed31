/** Stage 1: P-Net slides over every level of the pyramid and proposes candidates. */
import { nonMaximumSuppression } from '../../geometry/nms';
import { CHANNELS } from '../../image/frame';
import type { Network, Tensor } from '../../inference/network';
import { runSingle } from '../../inference/single';
import type { Stopwatch } from '../../core/stopwatch';
import { logit, regress, sigmoid, toSquare, type Candidate } from './candidate';
import type { PyramidLevel } from './pyramid';
import { PROPOSAL_SIZE, stacked, STRIDE } from './strips';

/** Suppression over all levels (Zhang et al. 2016, published demo). */
const PYRAMID_OVERLAP = 0.7;

/** Candidates that the next networks look at, at most: some seconds of work. A picture made for it proposes a million. */
export const MOST_PROPOSALS = 50_000;

export async function propose(
  network: Network,
  levels: readonly PyramidLevel[],
  threshold: number,
  watch: Stopwatch,
): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  for (const level of levels) {
    const outputs: Tensor[] = [];
    for (const { data, height } of level.strips) {
      const dims = [1, CHANNELS, height, level.width];
      outputs.push(await watch.time('pnet', () => runSingle(network, data, dims)));
    }
    const found = await watch.time('nms', () => candidatesOf(stacked(outputs), level, threshold));
    for (const candidate of found) candidates.push(candidate);
  }
  return watch.time('nms', () => mostLikely(suppressAcross(levels, candidates)).map(regress).map(toSquare));
}

function mostLikely(candidates: readonly Candidate[]): readonly Candidate[] {
  if (candidates.length <= MOST_PROPOSALS) return candidates;
  return [...candidates].sort((a, b) => b.score - a.score).slice(0, MOST_PROPOSALS);
}

/**
 * The cells of a level's prediction map [1, 5, h, w] that are likely faces and have no better neighbour, in frame
 * pixels.
 */
export function candidatesOf({ data, dims }: Tensor, level: PyramidLevel, threshold: number): Candidate[] {
  const [, , height = 0, width = 0] = dims;
  const plane = width * height;
  return bestCells(data, width, height, logit(threshold)).map((cell) => {
    const left = (cell % width) * STRIDE;
    const top = Math.floor(cell / width) * STRIDE;
    return {
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
      points: undefined,
    };
  });
}

/**
 * Non-maximum suppression within a level, at the published overlap of 0.5. Its boxes are squares of 12 pixels on a
 * grid of 2, so just the eight neighbours of a cell overlap it by more than half ((12 − 2)² / (2 · 12² − (12 − 2)²)
 * = 0.53; two cells apart 8 · 12 / (2 · 12² − 8 · 12) = 0.5): no box has to be compared with any other.
 */
function bestCells(logits: Float32Array, width: number, height: number, least: number): number[] {
  const cells: number[] = [];
  for (let cell = 0; cell < width * height; cell++) if (logits[cell]! >= least) cells.push(cell);
  cells.sort((a, b) => logits[b]! - logits[a]!);
  // A border of one cell around the grid saves the checks at its edges.
  const stride = width + 2;
  const suppressed = new Uint8Array(stride * (height + 2));
  return cells.filter((cell) => {
    const at = (Math.floor(cell / width) + 1) * stride + (cell % width) + 1;
    if (suppressed[at]) return false;
    for (let row = at - stride; row <= at + stride; row += stride) suppressed.fill(1, row - 1, row + 2);
    return true;
  });
}

/**
 * Suppression between levels. The union of two squares is at least the larger one, so their overlap is at most the
 * square of the ratio of their scales: with the usual factor of 0.709 that is 0.503, and nothing is left to do.
 */
function suppressAcross(
  levels: readonly PyramidLevel[],
  candidates: readonly Candidate[],
): readonly Candidate[] {
  const ratio = Math.max(0, ...levels.slice(1).map(({ scaleX }, index) => scaleX / levels[index]!.scaleX));
  // Levels are whole pixels wide, so small ones lie a little closer together than the factor says.
  return ratio ** 2 > PYRAMID_OVERLAP * 0.9 ? nonMaximumSuppression(candidates, PYRAMID_OVERLAP) : candidates;
}
