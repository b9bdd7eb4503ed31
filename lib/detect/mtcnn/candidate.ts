/**
 * A face candidate between the stages of the cascade, and the three operations that MTCNN does on it. There are hundreds
 * in a frame, so every field is named wherever one is made: spreading objects took half of the time between networks.
 */
import type { Box } from '../../core/box';
import type { ScoredBox } from '../../geometry/nms';

export interface Candidate extends ScoredBox {
  /** Face probability after the last stage, 0..1. */
  readonly score: number;
  /** Box regression: how far each edge is off, as a share of width and height. */
  readonly regression: readonly [dx1: number, dy1: number, dx2: number, dy2: number];
  /** Five x, then five y, as shares of the box; O-Net only. */
  readonly points: Float32Array | undefined;
}

/** Bounding box regression. */
export function regress({ x1, y1, x2, y2, score, regression, points }: Candidate): Candidate {
  const width = x2 - x1;
  const height = y2 - y1;
  return {
    x1: x1 + regression[0] * width,
    y1: y1 + regression[1] * height,
    x2: x2 + regression[2] * width,
    y2: y2 + regression[3] * height,
    score,
    regression,
    points,
  };
}

/** The square of the longer side around the same centre: what the next network is shown. */
export function toSquare({ x1, y1, x2, y2, score, regression, points }: Candidate): Candidate {
  const half = Math.max(x2 - x1, y2 - y1) / 2;
  const x = (x1 + x2) / 2;
  const y = (y1 + y2) / 2;
  return { x1: x - half, y1: y - half, x2: x + half, y2: y + half, score, regression, points };
}

/**
 * The networks were trained on boxes that count pixels from 1, as MATLAB does. Without this step boxes lie 1.2
 * pixels left of and 0.6 above hand-checked ones (median over 271 faces); landmarks do not.
 */
const FIRST_PIXEL = 1;

export function toBox({ x1, y1, x2, y2 }: ScoredBox): Box {
  return { x: x1 + FIRST_PIXEL, y: y1 + FIRST_PIXEL, width: x2 - x1, height: y2 - y1 };
}

export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** The logit that a probability stands for: comparing logits saves the exponential for every cell. */
export function logit(probability: number): number {
  return Math.log(probability / (1 - probability));
}
