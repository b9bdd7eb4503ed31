/** Making frames: they lie in shared memory, so that a worker reads the same pixels without a copy. */
import { CHANNELS, MAX_SIDE, type Frame, type FrameOrigin } from '../core/frame';
import { numberIn } from '../core/validate';
import { allocateShared } from './shared-memory';

export * from '../core/frame';

/** Area of a picture that is read: a 100-megapixel camera passes, a decompression bomb does not. */
export const MAX_PIXELS = 128_000_000;

/** A black frame of width × height pixels in shared memory. */
export function createFrame(width: number, height: number, origin: Partial<FrameOrigin> = {}): Frame {
  numberIn(width, 'frame width', { min: 1, max: MAX_SIDE, integer: true });
  numberIn(height, 'frame height', { min: 1, max: MAX_SIDE, integer: true });
  const data = allocateShared(width * height * CHANNELS);
  return {
    data,
    width,
    height,
    timestamp: origin.timestamp ?? Date.now(),
    sequence: origin.sequence ?? 0,
    source: origin.source ?? '',
    ...(origin.truncated && { truncated: true }),
    ...(origin.picture !== undefined && { picture: origin.picture }),
  };
}
