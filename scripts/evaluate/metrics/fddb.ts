/**
 * The scores of FDDB: Jain and Learned-Miller, "FDDB: A Benchmark for Face Detection in Unconstrained Settings",
 * UMass Amherst UM-CS-2010-009. Faces are ellipses; detections, here boxes, are matched to them one to one so that
 * the overlaps add up to the most. A match counts 1 when its overlap exceeds one half (discrete score) or as much as
 * its overlap (continuous score).
 */
import type { Box, Point } from '../../../lib/core/box';
import { assign } from '../../../lib/tracking/assignment';
import type { Detected, Judged, Matching, TrueFace } from './detection';

export interface Ellipse {
  /** Half axes, pixels. */
  readonly majorRadius: number;
  readonly minorRadius: number;
  /** Of the major axis against the x axis, radians. */
  readonly angle: number;
  readonly centre: Point;
}

/** Corners of the polygon that stands for an ellipse: its area differs from the ellipse's by less than 0.02 %. */
const CORNERS = 256;

/** A polygon with corners on the ellipse, in order. */
export function ellipsePolygon({ majorRadius, minorRadius, angle, centre }: Ellipse): Point[] {
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  return Array.from({ length: CORNERS }, (_, corner) => {
    const turn = (corner / CORNERS) * 2 * Math.PI;
    const u = majorRadius * Math.cos(turn);
    const v = minorRadius * Math.sin(turn);
    return { x: centre.x + u * cos - v * sin, y: centre.y + u * sin + v * cos };
  });
}

/** Shoelace formula, square pixels. */
export function polygonArea(polygon: readonly Point[]): number {
  let twice = 0;
  polygon.forEach((point, index) => {
    const next = polygon[(index + 1) % polygon.length]!;
    twice += point.x * next.y - next.x * point.y;
  });
  return Math.abs(twice) / 2;
}

/** The part of a convex polygon inside a box (Sutherland and Hodgman 1974). */
export function clipToBox(polygon: readonly Point[], { x, y, width, height }: Box): Point[] {
  let clipped = [...polygon];
  clipped = clipToHalfPlane(clipped, (point) => point.x - x);
  clipped = clipToHalfPlane(clipped, (point) => x + width - point.x);
  clipped = clipToHalfPlane(clipped, (point) => point.y - y);
  return clipToHalfPlane(clipped, (point) => y + height - point.y);
}

/** Keeps what has a distance of at least 0. */
function clipToHalfPlane(polygon: readonly Point[], distance: (point: Point) => number): Point[] {
  return polygon.flatMap((point, index) => {
    const next = polygon[(index + 1) % polygon.length]!;
    const here = distance(point);
    const there = distance(next);
    const kept = here >= 0 ? [point] : [];
    if (here >= 0 === there >= 0) return kept;
    const share = here / (here - there);
    return [...kept, { x: point.x + share * (next.x - point.x), y: point.y + share * (next.y - point.y) }];
  });
}

/** Intersection over union of a face and a detection, both cut at the border of the image; 0..1. */
export function ellipseIou(ellipse: Ellipse, box: Box, image: { width: number; height: number }): number {
  const visible = clipToBox(ellipsePolygon(ellipse), { x: 0, y: 0, ...image });
  const shared = polygonArea(clipToBox(visible, box));
  if (shared === 0) return 0;
  const width = Math.min(box.x + box.width, image.width) - Math.max(box.x, 0);
  const height = Math.min(box.y + box.height, image.height) - Math.max(box.y, 0);
  return shared / (polygonArea(visible) + width * height - shared);
}

export interface FddbImage {
  /** Confidence of each detection. */
  readonly confidences: readonly number[];
  /** Overlap of each detection (row) with each face (column). */
  readonly overlaps: readonly (readonly number[])[];
  readonly faces: number;
}

export interface FddbPoint {
  /** Confidence from which detections count. */
  readonly threshold: number;
  /** Detections that match no face by more than one half, in all images. */
  readonly falseAlarms: number;
  /** True positive rates, 0..1. */
  readonly discrete: number;
  readonly continuous: number;
}

/** Overlap above which a match counts in the discrete score. */
const DISCRETE_OVERLAP = 0.5;

/** The curve from the highest confidence to the lowest; every threshold matches anew, as the benchmark does. */
export function fddbCurve(images: readonly FddbImage[]): FddbPoint[] {
  const faces = images.reduce((sum, image) => sum + image.faces, 0);
  const events = images
    .flatMap((image, index) => image.confidences.map((confidence) => ({ index, confidence })))
    .sort((a, b) => b.confidence - a.confidence);
  const states = images.map(() => ({ discrete: 0, continuous: 0, falseAlarms: 0 }));
  const total = { discrete: 0, continuous: 0, falseAlarms: 0 };
  const points: FddbPoint[] = [];
  events.forEach(({ index, confidence }, position) => {
    const before = states[index]!;
    const after = scoreImage(images[index]!, confidence);
    states[index] = after;
    total.discrete += after.discrete - before.discrete;
    total.continuous += after.continuous - before.continuous;
    total.falseAlarms += after.falseAlarms - before.falseAlarms;
    if (events[position + 1]?.confidence === confidence) return;
    points.push({
      threshold: confidence,
      falseAlarms: total.falseAlarms,
      discrete: total.discrete / faces,
      continuous: total.continuous / faces,
    });
  });
  return points;
}

function scoreImage({ confidences, overlaps }: FddbImage, threshold: number) {
  const rows = overlaps.filter((_, detection) => confidences[detection]! >= threshold);
  const matched = assign(rows).flatMap((face, row) => (face < 0 ? [] : [rows[row]![face]!]));
  const discrete = matched.filter((overlap) => overlap > DISCRETE_OVERLAP).length;
  const continuous = matched.reduce((sum, overlap) => sum + overlap, 0);
  return { discrete, continuous, falseAlarms: rows.length - discrete };
}

/** The upright box about an ellipse. */
export function ellipseBox({ majorRadius, minorRadius, angle, centre }: Ellipse): Box {
  const halfWidth = Math.hypot(majorRadius * Math.cos(angle), minorRadius * Math.sin(angle));
  const halfHeight = Math.hypot(majorRadius * Math.sin(angle), minorRadius * Math.cos(angle));
  return {
    x: centre.x - halfWidth,
    y: centre.y - halfHeight,
    width: 2 * halfWidth,
    height: 2 * halfHeight,
  };
}

/**
 * Which detections and faces of one image the discrete score counts, all detections taken.
 * @param overlaps of each detection (row) with each face (column)
 */
export function fddbMatching<D extends Detected>(
  faces: readonly Ellipse[],
  detections: readonly D[],
  overlaps: readonly (readonly number[])[],
): Matching<TrueFace, D> {
  const missed = new Set(faces);
  const assigned = assign(overlaps);
  const judged = detections.map((detection, row): Judged<D> => {
    const face = assigned[row]!;
    const overlap = overlaps[row]![face] ?? 0;
    if (!(overlap > DISCRETE_OVERLAP)) return { detection, verdict: 'false', iou: 0 };
    missed.delete(faces[face]!);
    return { detection, verdict: 'hit', iou: overlap };
  });
  return { judged, missed: [...missed].map((face) => ({ box: ellipseBox(face), ignore: false })) };
}

/** The point with the most faces found among those with at most so many false alarms: how FDDB's curves are read. */
export function atFalseAlarms(curve: readonly FddbPoint[], most: number): FddbPoint | undefined {
  return curve.filter(({ falseAlarms }) => falseAlarms <= most).at(-1);
}
