/**
 * Detections against the truth: each face is found at most once, most confident detection first (as in PASCAL VOC,
 * Everingham et al. 2010), and faces marked `ignore` count neither way.
 */
import { iou, type Box } from '../../../lib/core/box';

export interface TrueFace {
  readonly box: Box;
  /** Counts neither as hit nor as miss, and what is detected there is no false alarm. */
  readonly ignore: boolean;
}

export interface Detected {
  readonly box: Box;
  readonly confidence: number;
}

export type Verdict = 'hit' | 'false' | 'ignored';

export interface Judged<D extends Detected> {
  readonly detection: D;
  readonly verdict: Verdict;
  /** Overlap with the face that was hit, 0..1; 0 for a false alarm. */
  readonly iou: number;
}

export interface Matching<T extends TrueFace, D extends Detected> {
  /** Most confident first. */
  readonly judged: readonly Judged<D>[];
  readonly missed: readonly T[];
}

/** Judges the detections of one image. `leastIou` is the overlap from which a detection counts as found. */
export function matchDetections<T extends TrueFace, D extends Detected>(
  truth: readonly T[],
  detections: readonly D[],
  leastIou: number,
): Matching<T, D> {
  const free = new Set(truth.filter(({ ignore }) => !ignore));
  const ignored = truth.filter(({ ignore }) => ignore);
  const judged = [...detections]
    .sort((a, b) => b.confidence - a.confidence)
    .map((detection): Judged<D> => {
      const hit = bestOverlap([...free], detection.box);
      if (hit && hit.iou >= leastIou) {
        free.delete(hit.face);
        return { detection, verdict: 'hit', iou: hit.iou };
      }
      const overlap = bestOverlap(ignored, detection.box)?.iou ?? 0;
      return overlap >= leastIou
        ? { detection, verdict: 'ignored', iou: overlap }
        : { detection, verdict: 'false', iou: 0 };
    });
  return { judged, missed: [...free] };
}

/** The face that overlaps the box most; undefined when there are no faces. */
export function bestOverlap<T extends { readonly box: Box }>(
  faces: readonly T[],
  box: Box,
): { face: T; iou: number } | undefined {
  let best: { face: T; iou: number } | undefined;
  for (const face of faces) {
    const overlap = iou(face.box, box);
    if (!best || overlap > best.iou) best = { face, iou: overlap };
  }
  return best;
}

export interface PrecisionRecallPoint {
  /** Confidence from which detections count. */
  readonly threshold: number;
  readonly precision: number;
  readonly recall: number;
  readonly falseAlarms: number;
}

export interface DetectionScore {
  /** Share of the faces that were found; of detections that are faces. */
  readonly recall: number;
  readonly precision: number;
  /** Average precision: area under the curve of precision against recall, precision taken as the best at this or a higher recall. */
  readonly ap: number;
  readonly faces: number;
  readonly hits: number;
  readonly missed: number;
  readonly falseAlarms: number;
  readonly ignored: number;
  readonly curve: readonly PrecisionRecallPoint[];
}

/** All images together. */
export function scoreDetections(matchings: readonly Matching<TrueFace, Detected>[]): DetectionScore {
  const judged = matchings.flatMap((matching) => matching.judged);
  const counted = judged
    .filter(({ verdict }) => verdict !== 'ignored')
    .sort((a, b) => b.detection.confidence - a.detection.confidence);
  const missed = matchings.reduce((sum, matching) => sum + matching.missed.length, 0);
  const total = counted.filter(({ verdict }) => verdict === 'hit').length + missed;

  const curve: PrecisionRecallPoint[] = [];
  let hits = 0;
  let falseAlarms = 0;
  counted.forEach(({ detection, verdict }, index) => {
    if (verdict === 'hit') hits++;
    else falseAlarms++;
    // Detections of the same confidence pass the same threshold: one point for all of them.
    if (counted[index + 1]?.detection.confidence === detection.confidence) return;
    curve.push({
      threshold: detection.confidence,
      precision: hits / (hits + falseAlarms),
      recall: total === 0 ? 0 : hits / total,
      falseAlarms,
    });
  });
  return {
    recall: total === 0 ? NaN : hits / total,
    precision: counted.length === 0 ? NaN : hits / counted.length,
    ap: averagePrecision(curve),
    faces: total,
    hits,
    missed,
    falseAlarms,
    ignored: judged.length - counted.length,
    curve,
  };
}

/** Area under the envelope of the curve, all points (PASCAL VOC from 2010, WIDER FACE). */
function averagePrecision(curve: readonly PrecisionRecallPoint[]): number {
  let area = 0;
  let envelope = 0;
  for (let i = curve.length - 1; i >= 0; i--) {
    envelope = Math.max(envelope, curve[i]!.precision);
    area += envelope * (curve[i]!.recall - (curve[i - 1]?.recall ?? 0));
  }
  return area;
}
