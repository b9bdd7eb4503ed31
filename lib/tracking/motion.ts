/** Where a face will be: a constant-velocity alpha-beta filter of its box, the steady state of SORT's Kalman filter. */
import type { Box, Point } from '../core/face';

/** How far a measurement pulls the position: detector boxes jitter by a few per cent of their size. */
const ALPHA = 0.7;
/** And the velocity; Benedict and Bordner's relation (1962) for the least noise with the least lag. */
const BETA = ALPHA ** 2 / (2 - ALPHA);
/** Nobody walks straight on for longer while unseen, ms. */
const HORIZON_MS = 500;
/** Frames that arrive in a burst would otherwise turn jitter into speed, ms. */
const SHORTEST_STEP_MS = 15;

export function centreOf({ x, y, width, height }: Box): Point {
  return { x: x + width / 2, y: y + height / 2 };
}

export class BoxMotion {
  /** The box's centre, pixels. */
  private x: number;
  private y: number;
  private width: number;
  private height: number;
  /** Pixels per ms. */
  private vx = 0;
  private vy = 0;
  private at: number;

  /** Starts at rest. */
  constructor(box: Box, at: number) {
    ({ x: this.x, y: this.y } = centreOf(box));
    this.width = box.width;
    this.height = box.height;
    this.at = at;
  }

  predict(at: number): Box {
    const elapsed = Math.min(Math.max(at - this.at, 0), HORIZON_MS);
    return {
      x: this.x + this.vx * elapsed - this.width / 2,
      y: this.y + this.vy * elapsed - this.height / 2,
      width: this.width,
      height: this.height,
    };
  }

  /** Takes a measured box. Its size is only smoothed: it changes slowly, and its trend would add more noise. */
  correct(box: Box, at: number): void {
    const predicted = centreOf(this.predict(at));
    const measured = centreOf(box);
    const errorX = measured.x - predicted.x;
    const errorY = measured.y - predicted.y;
    const step = Math.max(at - this.at, SHORTEST_STEP_MS);
    this.x = predicted.x + ALPHA * errorX;
    this.y = predicted.y + ALPHA * errorY;
    this.vx += (BETA * errorX) / step;
    this.vy += (BETA * errorY) / step;
    this.width += ALPHA * (box.width - this.width);
    this.height += ALPHA * (box.height - this.height);
    this.at = at;
  }
}
