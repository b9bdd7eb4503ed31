/**
 * Boxes and landmarks that do not tremble, for drawing only: what is embedded stays as detected.
 * One-euro filter: Casiez, Roussel and Vogel, "1€ Filter", CHI 2012.
 */
import { type Box, type Face, LANDMARK_NAMES, type Landmarks } from '../core/face';

/** Cut-off at rest, Hz: lower trembles less. */
const MIN_CUTOFF_HZ = 1;
/** Growth of the cut-off with speed, Hz per (face width / s): higher lags less. */
const SPEED_COEFFICIENT = 4;
/** Cut-off of the speed itself, Hz; the paper's value. */
const SPEED_CUTOFF_HZ = 1;

/** Share of the new value in an exponential mean with a cut-off (Hz) after a time step (s). */
function smoothingFactor(cutoff: number, step: number): number {
  const tau = 1 / (2 * Math.PI * cutoff);
  return 1 / (1 + tau / step);
}

/** One filtered number. */
export class OneEuroFilter {
  private value: number | undefined;
  private speed = 0;
  private at = 0;

  /**
   * @param at ms
   * @param unit the length in which speed is measured, in the unit of value
   */
  filter(value: number, at: number, unit = 1): number {
    const step = (at - this.at) / 1000;
    if (this.value === undefined) this.value = value;
    else if (step > 0) {
      const speed = (value - this.value) / step;
      this.speed += smoothingFactor(SPEED_CUTOFF_HZ, step) * (speed - this.speed);
      const cutoff = MIN_CUTOFF_HZ + (SPEED_COEFFICIENT * Math.abs(this.speed)) / unit;
      this.value += smoothingFactor(cutoff, step) * (value - this.value);
    }
    this.at = at;
    return this.value;
  }
}

export interface SmoothedFace {
  readonly box: Box;
  readonly landmarks: Landmarks;
}

/** The smoothed outline of one track. */
export class FaceSmoother {
  private readonly filters = new Map<string, OneEuroFilter>();

  smooth({ box, landmarks }: Pick<Face, 'box' | 'landmarks'>, at: number): SmoothedFace {
    const next = (name: string, value: number) => {
      const filter = this.filters.get(name) ?? new OneEuroFilter();
      this.filters.set(name, filter);
      return filter.filter(value, at, Math.max(box.width, 1));
    };
    const points = LANDMARK_NAMES.map((name) => [
      name,
      { x: next(`${name}.x`, landmarks[name].x), y: next(`${name}.y`, landmarks[name].y) },
    ]);
    return {
      box: {
        x: next('x', box.x),
        y: next('y', box.y),
        width: next('width', box.width),
        height: next('height', box.height),
      },
      landmarks: Object.fromEntries(points) as Landmarks,
    };
  }
}
