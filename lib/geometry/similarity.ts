/** Similarity transforms of the plane: rotation, uniform scale, translation; no reflection. */
import type { Point } from '../core/box';

/** Maps (x, y) to (a·x − b·y + tx, b·x + a·y + ty): scale √(a² + b²), rotation atan2(b, a). */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly tx: number;
  readonly ty: number;
}

/**
 * The similarity that maps `from` onto `to` with the least squared error: Umeyama (1991) in the plane, where it
 * has a closed form.
 * @returns undefined when the points of `from` coincide, so that no scale is defined.
 */
export function estimateSimilarity(from: readonly Point[], to: readonly Point[]): Similarity | undefined {
  const centreFrom = centroid(from);
  const centreTo = centroid(to);
  let dot = 0;
  let cross = 0;
  let spread = 0;
  from.forEach((point, index) => {
    const target = to[index]!;
    const x = point.x - centreFrom.x;
    const y = point.y - centreFrom.y;
    const u = target.x - centreTo.x;
    const v = target.y - centreTo.y;
    dot += x * u + y * v;
    cross += x * v - y * u;
    spread += x * x + y * y;
  });
  if (!(spread > Number.EPSILON)) return undefined;
  const a = dot / spread;
  const b = cross / spread;
  if (a * a + b * b < Number.EPSILON) return undefined;
  return {
    a,
    b,
    tx: centreTo.x - (a * centreFrom.x - b * centreFrom.y),
    ty: centreTo.y - (b * centreFrom.x + a * centreFrom.y),
  };
}

export function invertSimilarity({ a, b, tx, ty }: Similarity): Similarity {
  const squaredScale = a * a + b * b;
  const inverseA = a / squaredScale;
  const inverseB = -b / squaredScale;
  return {
    a: inverseA,
    b: inverseB,
    tx: -(inverseA * tx - inverseB * ty),
    ty: -(inverseB * tx + inverseA * ty),
  };
}

export function applySimilarity({ a, b, tx, ty }: Similarity, { x, y }: Point): Point {
  return { x: a * x - b * y + tx, y: b * x + a * y + ty };
}

function centroid(points: readonly Point[]): Point {
  const sum = points.reduce((total, { x, y }) => ({ x: total.x + x, y: total.y + y }), { x: 0, y: 0 });
  return { x: sum.x / points.length, y: sum.y / points.length };
}
