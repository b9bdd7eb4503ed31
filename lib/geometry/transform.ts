/**
 * Where geometric steps move the pixels of a frame, so that boxes and landmarks can follow in both directions.
 * Coordinates are continuous: the frame spans [0, width] × [0, height] and pixel (i, j) has its centre at
 * (i + 0.5, j + 0.5).
 */
import { LANDMARK_NAMES, type Box, type Face, type Landmarks, type Point } from '../core/face';
import { measurePose } from './pose';

/** A projective map as a 3 × 3 matrix, row-major, of homogeneous coordinates (Hartley & Zisserman 2004, chapter 2). */
export type Homography = readonly [number, number, number, number, number, number, number, number, number];

/** A lens as Brown (1966) and Conrady (1919) describe it; lengths in pixels. Coefficients as in OpenCV. */
export interface Lens {
  readonly focal: number;
  readonly centre: Point;
  readonly k1: number;
  readonly k2: number;
  readonly k3: number;
  readonly p1: number;
  readonly p2: number;
}

/** How the pixels of a step's source lie in its result. */
export type Transform =
  | { readonly kind: 'homography'; readonly matrix: Homography }
  | { readonly kind: 'lens'; readonly lens: Lens };

// ---- homographies

export function multiply(a: Homography, b: Homography): Homography {
  const entry = (row: number, column: number): number =>
    a[3 * row]! * b[column]! + a[3 * row + 1]! * b[3 + column]! + a[3 * row + 2]! * b[6 + column]!;
  return [
    ...([entry(0, 0), entry(0, 1), entry(0, 2)] as const),
    ...([entry(1, 0), entry(1, 1), entry(1, 2)] as const),
    ...([entry(2, 0), entry(2, 1), entry(2, 2)] as const),
  ];
}

export function translation(x: number, y: number): Homography {
  return [1, 0, x, 0, 1, y, 0, 0, 1];
}

export function scaling(x: number, y: number): Homography {
  return [x, 0, 0, 0, y, 0, 0, 0, 1];
}

/** Clockwise as seen (y points down) about the origin; exact for whole quarters. */
export function rotation(degrees: number): Homography {
  const quarters = degrees / 90;
  const radians = (degrees * Math.PI) / 180;
  const cos = Number.isInteger(quarters) ? [1, 0, -1, 0][((quarters % 4) + 4) % 4]! : Math.cos(radians);
  const sin = Number.isInteger(quarters) ? [0, 1, 0, -1][((quarters % 4) + 4) % 4]! : Math.sin(radians);
  return [cos, -sin, 0, sin, cos, 0, 0, 0, 1];
}

/** `inner` about another centre than the origin. */
export function about({ x, y }: Point, inner: Homography): Homography {
  return multiply(translation(x, y), multiply(inner, translation(-x, -y)));
}

function determinant([a, b, c, d, e, f, g, h, i]: Homography): number {
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}

/** By the adjugate; the matrix must be invertible. */
export function invert(matrix: Homography): Homography {
  const [a, b, c, d, e, f, g, h, i] = matrix;
  const scale = 1 / determinant(matrix);
  return [
    ...([(e * i - f * h) * scale, (c * h - b * i) * scale, (b * f - c * e) * scale] as const),
    ...([(f * g - d * i) * scale, (a * i - c * g) * scale, (c * d - a * f) * scale] as const),
    ...([(d * h - e * g) * scale, (b * g - a * h) * scale, (a * e - b * d) * scale] as const),
  ];
}

export function project([a, b, c, d, e, f, g, h, i]: Homography, { x, y }: Point): Point {
  const w = g * x + h * y + i;
  return { x: (a * x + b * y + c) / w, y: (d * x + e * y + f) / w };
}

/**
 * The homography that maps the corners (0, 0), (1, 0), (1, 1), (0, 1) of the unit square onto four points: Heckbert,
 * "Fundamentals of Texture Mapping and Image Warping" (1989), 2.2.3.
 * @returns undefined where the points are not the corners, in order, of a convex quadrilateral
 */
export function squareToQuadrilateral([p0, p1, p2, p3]: readonly [Point, Point, Point, Point]):
  Homography | undefined {
  const turn = (a: Point, b: Point, c: Point): number =>
    (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x);
  const turns = [turn(p0, p1, p2), turn(p1, p2, p3), turn(p2, p3, p0), turn(p3, p0, p1)];
  if (!turns.every((value) => value > 0) && !turns.every((value) => value < 0)) return undefined;
  const sumX = p0.x - p1.x + p2.x - p3.x;
  const sumY = p0.y - p1.y + p2.y - p3.y;
  const dx1 = p1.x - p2.x;
  const dx2 = p3.x - p2.x;
  const dy1 = p1.y - p2.y;
  const dy2 = p3.y - p2.y;
  const area = dx1 * dy2 - dx2 * dy1;
  const g = (sumX * dy2 - dx2 * sumY) / area;
  const h = (dx1 * sumY - sumX * dy1) / area;
  return [
    ...([p1.x - p0.x + g * p1.x, p3.x - p0.x + h * p3.x, p0.x] as const),
    ...([p1.y - p0.y + g * p1.y, p3.y - p0.y + h * p3.y, p0.y] as const),
    ...([g, h, 1] as const),
  ];
}

// ---- lenses

/** Where the lens puts a point that an ideal camera would put at `point`. */
export function distort({ focal, centre, k1, k2, k3, p1, p2 }: Lens, point: Point): Point {
  const x = (point.x - centre.x) / focal;
  const y = (point.y - centre.y) / focal;
  const r2 = x * x + y * y;
  const radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3));
  return {
    x: centre.x + focal * (x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x)),
    y: centre.y + focal * (y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y),
  };
}

/** The polynomial has no closed inverse; Newton's method doubles the digits with each round. */
const UNDISTORT_ROUNDS = 50;
/** How far from its point an answer may be seen, pixels; and the smallest share of a step that is tried. */
const UNDISTORT_TOLERANCE = 1e-6;
const LEAST_SHARE = 1 / 1024;

/**
 * The inverse of distort, by Newton's method with steps that are halved until they help.
 * @returns undefined where the lens puts no point there: a strong one folds the picture over
 */
export function undistort(lens: Lens, point: Point): Point | undefined {
  // There nothing is folded.
  let ideal = lens.centre;
  let miss = missOf(lens, ideal, point);
  for (let round = 0; round < UNDISTORT_ROUNDS && miss.length > UNDISTORT_TOLERANCE; round++) {
    const [xx, xy, yx, yy] = jacobian(lens, ideal);
    const area = xx * yy - xy * yx;
    const step = { x: (yy * miss.x - xy * miss.y) / area, y: (xx * miss.y - yx * miss.x) / area };
    const before = miss.length;
    for (let share = 1; share > LEAST_SHARE && !(miss.length < before); share /= 2) {
      const next = { x: ideal.x + share * step.x, y: ideal.y + share * step.y };
      miss = missOf(lens, next, point);
      if (miss.length < before) ideal = next;
    }
    if (!(miss.length < before)) return undefined;
  }
  const [xx, xy, yx, yy] = jacobian(lens, ideal);
  // Beyond the fold the picture is inside out.
  return miss.length <= UNDISTORT_TOLERANCE && xx * yy - xy * yx > 0 ? ideal : undefined;
}

function missOf(lens: Lens, ideal: Point, point: Point): Point & { readonly length: number } {
  const seen = distort(lens, ideal);
  const [x, y] = [point.x - seen.x, point.y - seen.y];
  return { x, y, length: Math.hypot(x, y) };
}

/** Derivatives of distort: of x by x, of x by y, of y by x, of y by y. */
function jacobian(
  { focal, centre, k1, k2, k3, p1, p2 }: Lens,
  point: Point,
): readonly [xx: number, xy: number, yx: number, yy: number] {
  const x = (point.x - centre.x) / focal;
  const y = (point.y - centre.y) / focal;
  const r2 = x * x + y * y;
  const radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3));
  // Of radial by r².
  const slope = k1 + r2 * (2 * k2 + r2 * 3 * k3);
  const mixed = 2 * (x * y * slope + p1 * x + p2 * y);
  return [
    radial + 2 * x * x * slope + 2 * p1 * y + 6 * p2 * x,
    mixed,
    mixed,
    radial + 2 * y * y * slope + 6 * p1 * y + 2 * p2 * x,
  ];
}

// ---- what follows the pixels

/**
 * Where a point of a step's source lies in its result.
 * @returns undefined where it lies nowhere: behind the horizon of a perspective, outside what a lens can show
 */
export function toResult(transform: Transform, point: Point): Point | undefined {
  if (transform.kind === 'lens') return undistort(transform.lens, point);
  const { matrix } = transform;
  // The result's origin was before the camera; what is behind it has the other sign.
  const before = invert(matrix)[8] * depth(matrix, point);
  return before > 0 ? project(matrix, point) : undefined;
}

function depth(matrix: Homography, { x, y }: Point): number {
  return matrix[6] * x + matrix[7] * y + matrix[8];
}

/** The upright box around a box whose corners moved. */
export function moveBox({ x, y, width, height }: Box, move: (point: Point) => Point): Box {
  const corners = [
    { x, y },
    { x: x + width, y },
    { x, y: y + height },
    { x: x + width, y: y + height },
  ].map(move);
  const left = Math.min(...corners.map((corner) => corner.x));
  const top = Math.min(...corners.map((corner) => corner.y));
  return {
    x: left,
    y: top,
    width: Math.max(...corners.map((corner) => corner.x)) - left,
    height: Math.max(...corners.map((corner) => corner.y)) - top,
  };
}

const NOWHERE: Point = { x: NaN, y: NaN };

function isPlace({ x, y }: Point): boolean {
  return Number.isFinite(x) && Number.isFinite(y);
}

/**
 * The face where its pixels went; in a mirror the left eye becomes the right one.
 * @returns undefined where a part of it went nowhere, see toResult
 */
export function moveFace(face: Face, transform: Transform): Face | undefined {
  const move = (point: Point): Point => toResult(transform, point) ?? NOWHERE;
  const box = moveBox(face.box, move);
  const { leftEye, rightEye, nose, mouthLeft, mouthRight } = face.landmarks;
  const isMirror = transform.kind === 'homography' && determinant(transform.matrix) < 0;
  const landmarks: Landmarks = {
    leftEye: move(isMirror ? rightEye : leftEye),
    rightEye: move(isMirror ? leftEye : rightEye),
    nose: move(nose),
    mouthLeft: move(isMirror ? mouthRight : mouthLeft),
    mouthRight: move(isMirror ? mouthLeft : mouthRight),
  };
  const { width, height } = box;
  const points = LANDMARK_NAMES.map((name) => landmarks[name]);
  if (![box, { x: width, y: height }, ...points].every(isPlace)) return undefined;
  const size = Math.min(box.width, box.height);
  return { ...face, box, landmarks, quality: { ...face.quality, size, ...measurePose(landmarks) } };
}
