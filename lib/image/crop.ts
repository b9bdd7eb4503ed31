/** Part of a frame as a frame of its own. */
import type { Box } from '../core/box';
import { invalid } from '../core/validate';
import { CHANNELS, createFrame, type Frame } from './frame';

/**
 * A copy of the part of a frame around a box, clipped to the frame.
 * @param margin on each side, as a share of the box's longer side
 * @throws ArcFlowError INVALID_ARGUMENT when no pixel of it lies in the frame.
 */
export function cropRegion(frame: Frame, box: Box, margin: number): Frame {
  const pad = margin * Math.max(box.width, box.height);
  const left = Math.max(Math.floor(box.x - pad), 0);
  const top = Math.max(Math.floor(box.y - pad), 0);
  const right = Math.min(Math.ceil(box.x + box.width + pad), frame.width);
  const bottom = Math.min(Math.ceil(box.y + box.height + pad), frame.height);
  // Written so that a NaN in the box fails too.
  if (!(right > left && bottom > top)) {
    const { x, y, width, height } = box;
    throw invalid(
      `a box that meets the frame of ${frame.width} × ${frame.height}`,
      'box',
      `${width} × ${height} at ${x}, ${y}`,
    );
  }

  const crop = createFrame(right - left, bottom - top, frame);
  const rowBytes = crop.width * CHANNELS;
  for (let row = 0; row < crop.height; row++) {
    const start = ((top + row) * frame.width + left) * CHANNELS;
    crop.data.set(frame.data.subarray(start, start + rowBytes), row * rowBytes);
  }
  return crop;
}
