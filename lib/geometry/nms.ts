/** Greedy non-maximum suppression, as MTCNN uses it after every stage. */

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
  const columns = new Columns<T>(boxes);
  return sorted.filter((box) => {
    const free = !columns.some(box, (better) => overlaps(better, box, threshold, overlap));
    if (free) columns.add(box);
    return free;
  });
}

/** Boxes far from the picture are all in the outermost columns. */
const MOST_COLUMNS = 1024;

/**
 * Boxes by the columns of the picture that they reach into. Boxes that overlap share one, so that a box has to be
 * compared with a few others only where thousands are spread over a picture.
 */
class Columns<T extends ScoredBox> {
  private readonly columns = new Map<number, T[]>();
  /** About as wide as the boxes are. */
  private readonly width: number;

  constructor(boxes: readonly T[]) {
    this.width = Math.max(1, boxes.reduce((sum, { x1, x2 }) => sum + x2 - x1, 0) / boxes.length);
  }

  add(box: T): void {
    const last = this.columnOf(box.x2);
    for (let column = this.columnOf(box.x1); column <= last; column++) {
      const boxes = this.columns.get(column);
      if (boxes) boxes.push(box);
      else this.columns.set(column, [box]);
    }
  }

  /** Whether the test holds for one of the boxes in the same columns. */
  some(box: T, test: (other: T) => boolean): boolean {
    const last = this.columnOf(box.x2);
    for (let column = this.columnOf(box.x1); column <= last; column++) {
      if (this.columns.get(column)?.some(test)) return true;
    }
    return false;
  }

  private columnOf(x: number): number {
    return Math.min(MOST_COLUMNS, Math.max(-1, Math.floor(x / this.width)));
  }
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
