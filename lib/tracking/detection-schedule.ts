/** Where to look for faces in the next frame: everywhere now and then, in between only around known tracks. */
import type { Box } from '../core/face';
import { intersection } from '../core/box';
import type { TrackingOptions } from './options';
import type { FrameSize } from './tracker';

export type DetectionPlan =
  | { readonly full: true }
  /** Disjoint, whole pixels, inside the frame; none when there is nobody to follow. */
  | { readonly full: false; readonly regions: readonly Box[] };

export type ScheduleOptions = Pick<TrackingOptions, 'fullEvery' | 'regionPadding'>;

/** From this share of the frame, one pass over all of it costs no more than the regions. */
const MOST_OF_THE_FRAME = 0.6;

const area = ({ width, height }: Box) => width * height;

/** The box with a margin on each side (a share of its longer side), whole pixels, clipped to the frame. */
function searchRegion(box: Box, padding: number, frame: FrameSize): Box {
  const pad = padding * Math.max(box.width, box.height);
  const x = Math.max(Math.floor(box.x - pad), 0);
  const y = Math.max(Math.floor(box.y - pad), 0);
  const right = Math.min(Math.ceil(box.x + box.width + pad), frame.width);
  const bottom = Math.min(Math.ceil(box.y + box.height + pad), frame.height);
  return { x, y, width: right - x, height: bottom - y };
}

function union(a: Box, b: Box): Box {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}

/** Joins boxes that overlap until none do, so that no face is searched, and found, twice. */
export function mergeOverlapping(boxes: readonly Box[]): Box[] {
  const merged: Box[] = [];
  for (const box of boxes) {
    let grown = box;
    for (let i = merged.findIndex((other) => intersection(grown, other) > 0); i >= 0;) {
      grown = union(grown, merged[i]!);
      merged.splice(i, 1);
      i = merged.findIndex((other) => intersection(grown, other) > 0);
    }
    merged.push(grown);
  }
  return merged;
}

export class DetectionSchedule {
  private sinceFull = Infinity;

  constructor(private readonly options: ScheduleOptions) {}

  /**
   * The plan for the next frame; call once for each.
   * @param predicted where the tracks are expected in it
   * @param lost whether a track was just lost: it may have jumped (a cut, a fast turn), so look everywhere
   */
  next(predicted: readonly Box[], frameSize: FrameSize, lost = false): DetectionPlan {
    this.sinceFull++;
    if (this.sinceFull >= this.options.fullEvery || lost) return this.full();
    const regions = mergeOverlapping(
      predicted
        .map((box) => searchRegion(box, this.options.regionPadding, frameSize))
        .filter(({ width, height }) => width > 0 && height > 0),
    );
    const covered = regions.reduce((sum, region) => sum + area(region), 0);
    if (covered > MOST_OF_THE_FRAME * frameSize.width * frameSize.height) return this.full();
    return { full: false, regions };
  }

  private full(): DetectionPlan {
    this.sinceFull = 0;
    return { full: true };
  }
}
