/** Greedy non-maximum suppression, as MTCNN uses it after every stage. */
import { Columns } from './columns';

/** A box by its corners, with the score that decides which of two overlapping boxes stays. */
export interface ScoredBox {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly score: number;
}

/** What the shared area is divided by: the union, or the smaller box (which also removes a box inside another). */
export type Overlap = 'union' | 'minimum';

/**
 * The boxes that no better box overlaps by more than the threshold, best first.
 * @param threshold 0..1
 */
export function nonMaximumSuppression<T extends ScoredBox>(
  boxes: readonly T[],
  threshold: number,
  overlap: Overlap = 'union',
): T[] {
  const sorted = [...boxes].sort((a, b) => b.score - a.score);
  const width = boxes.reduce((sum, { x1, x2 }) => sum + x2 - x1, 0) / boxes.length;
  const kept = new Columns<T>(width);
  return sorted.filter((box) => {
    const { x1, x2 } = box;
    const free = !kept.some(x1, x2, (better) => overlaps(better, box, threshold, overlap));
    if (free) kept.add(box, x1, x2);
    return free;
  });
}

function overlaps(a: ScoredBox, b: ScoredBox, threshold: number, overlap: Overlap): boolean {
  const width = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1);
  if (width <= 0) return false;
  const height = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1);
  if (height <= 0) return false;
  const shared = width * height;
  const areaA = (a.x2 - a.x1) * (a.y2 - a.y1);
  const areaB = (b.x2 - b.x1) * (b.y2 - b.y1);
  const whole = overlap === 'union' ? areaA + areaB - shared : Math.min(areaA, areaB);
  return shared > threshold * whole;
}
