/** Rough head pose from five landmarks: a generic face in three dimensions, seen in weak perspective. */
import { LANDMARK_NAMES, type Landmarks } from '../core/face';

/** Degrees. Yaw: positive looks to the image's right; pitch: positive looks up; roll: positive leans clockwise. */
export interface Pose {
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
}

type Vector = readonly [x: number, y: number, z: number];

/**
 * Eye centres, nose tip and mouth corners of an average adult head in millimetres: x to the image's right, y down,
 * z away from the camera (proportions after Farkas, "Anthropometry of the Head and Face", 1994).
 */
const MODEL: readonly Vector[] = [
  [-31, -34, 0],
  [31, -34, 0],
  [0, 6, -30],
  [-24, 35, -4],
  [24, 35, -4],
];

/**
 * Fits image = s · R · model + t by least squares and reads the angles from R. Five points cannot tell much more
 * than "frontal", "half profile", "profile".
 */
export function measurePose(landmarks: Landmarks): Pose {
  const points = LANDMARK_NAMES.map((name) => landmarks[name]);
  const rowX = solveRow(points.map(({ x }) => x));
  const rowY = solveRow(points.map(({ y }) => y));
  // The rows of s·R: what one millimetre along each model axis moves the image point.
  const scale = Math.sqrt(length(rowX) * length(rowY));
  if (!(scale > 0)) return { yaw: 0, pitch: 0, roll: 0 };
  const clamp = (value: number): number => Math.max(-1, Math.min(1, value / scale));
  const roll = Math.atan2(rowY[0] - rowX[1], rowX[0] + rowY[1]);
  // Undo the roll; what is left of the z column is the view direction.
  const zx = Math.cos(roll) * rowX[2] + Math.sin(roll) * rowY[2];
  const zy = -Math.sin(roll) * rowX[2] + Math.cos(roll) * rowY[2];
  return { yaw: degrees(Math.asin(clamp(-zx))), pitch: degrees(Math.asin(clamp(zy))), roll: degrees(roll) };
}

/** The model's points around their mean, and the inverse of their 3 × 3 scatter matrix, by which a row is solved. */
const CENTRE = MODEL.reduce<Vector>(([x, y, z], p) => [x + p[0] / 5, y + p[1] / 5, z + p[2] / 5], [0, 0, 0]);
const CENTRED = MODEL.map(([x, y, z]): Vector => [x - CENTRE[0], y - CENTRE[1], z - CENTRE[2]]);
const INVERSE_SCATTER = invert(
  [0, 1, 2].map((i) => [0, 1, 2].map((j) => CENTRED.reduce((sum, p) => sum + p[i]! * p[j]!, 0))),
);

/** Least squares for one image axis: the row r with r · model ≈ values, both around their means. */
function solveRow(values: readonly number[]): Vector {
  const moments = [0, 1, 2].map((axis) =>
    CENTRED.reduce((sum, p, index) => sum + p[axis]! * values[index]!, 0),
  );
  const [x = 0, y = 0, z = 0] = INVERSE_SCATTER.map((row) =>
    row.reduce((sum, value, index) => sum + value * moments[index]!, 0),
  );
  return [x, y, z];
}

function invert(m: readonly (readonly number[])[]): number[][] {
  const at = (row: number, column: number): number => m[row % 3]![column % 3]!;
  const cofactor = (r: number, c: number): number =>
    at(r + 1, c + 1) * at(r + 2, c + 2) - at(r + 1, c + 2) * at(r + 2, c + 1);
  const determinant = [0, 1, 2].reduce((sum, c) => sum + at(0, c) * cofactor(0, c), 0);
  return [0, 1, 2].map((r) => [0, 1, 2].map((c) => cofactor(c, r) / determinant));
}

function length([x, y, z]: Vector): number {
  return Math.hypot(x, y, z);
}

function degrees(radians: number): number {
  return (radians * 180) / Math.PI;
}
