/** Preprocessing of the faces alone: each face's region is worked on by itself and laid back into a copy of the frame. */
import { ArcFlowError } from '../core/errors';
import type { Box, Face } from '../core/face';
import { cropRegion } from '../image/crop';
import { CHANNELS, createFrame, type Frame } from '../image/frame';
import { preprocess, type StepReport } from './pipeline';
import { operationOf, type Step } from './steps';

/** Around the box, as a share of its longer side: alignment reads a little past the box. */
const MARGIN = 0.25;

export interface PreprocessedFaces {
  readonly frame: Frame;
  /** What the steps did, face after face. */
  readonly report: readonly StepReport[];
}

/**
 * Runs the enabled steps over the region of every face that meets the frame. What lies between the faces stays as it is.
 * @throws ArcFlowError INVALID_ARGUMENT for steps that move pixels: a region must fit where it was
 */
export function preprocessFaces(
  frame: Frame,
  steps: readonly Step[],
  faces: readonly Face[],
): PreprocessedFaces {
  const moving = steps.find(({ id, enabled }) => enabled && operationOf(id).movesPixels);
  if (moving) {
    throw new ArcFlowError(
      'INVALID_ARGUMENT',
      `The step ${moving.id} moves pixels and cannot work on face regions: let the node work on the whole frame`,
      `${moving.id}: frame only`.slice(0, 20),
    );
  }
  const result = createFrame(frame.width, frame.height, frame);
  result.data.set(frame.data);
  const report = faces.flatMap(({ box }, face): StepReport[] => {
    if (!meets(box, frame)) return [];
    const region = preprocess(cropRegion(frame, box, MARGIN), steps);
    paste(region.frame, result, box);
    return region.report.map((step) => ({ ...step, face }));
  });
  return { frame: result, report };
}

function meets({ x, y, width, height }: Box, frame: Frame): boolean {
  return x < frame.width && y < frame.height && x + width > 0 && y + height > 0;
}

/** Lays a region back where cropRegion took it from. */
function paste(region: Frame, frame: Frame, box: Box): void {
  const pad = MARGIN * Math.max(box.width, box.height);
  const left = Math.max(Math.floor(box.x - pad), 0);
  const top = Math.max(Math.floor(box.y - pad), 0);
  const rowBytes = region.width * CHANNELS;
  for (let row = 0; row < region.height; row++) {
    const from = row * rowBytes;
    frame.data.set(
      region.data.subarray(from, from + rowBytes),
      ((top + row) * frame.width + left) * CHANNELS,
    );
  }
}
