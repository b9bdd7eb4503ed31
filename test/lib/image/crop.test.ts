import assert from 'node:assert/strict';
import { cropRegion } from '../../../lib/image/crop';
import { createFrame } from '../../../lib/image/frame';

/** Each pixel tells where it was: red = x, green = y. */
function positions(width: number, height: number) {
  const frame = createFrame(width, height, { timestamp: 7000, sequence: 210, source: 'door' });
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) frame.data.set([x, y, 0], (y * width + x) * 3);
  return frame;
}

describe('crop of a region', () => {
  const frame = positions(100, 80);

  it('copies the box with its margin and the origin of the frame', () => {
    const crop = cropRegion(frame, { x: 20, y: 30, width: 20, height: 10 }, 0.25);
    assert.deepEqual([crop.width, crop.height], [30, 20]);
    assert.deepEqual([crop.timestamp, crop.sequence, crop.source], [7000, 210, 'door']);
    assert.deepEqual([...crop.data.subarray(0, 3)], [15, 25, 0]);
    assert.deepEqual([...crop.data.subarray(-3)], [44, 44, 0]);
    assert.notEqual(crop.data.buffer, frame.data.buffer);
  });

  it('widens to whole pixels and clips to the frame', () => {
    const inner = cropRegion(frame, { x: 10.4, y: 10.4, width: 5.2, height: 5.2 }, 0);
    assert.deepEqual([inner.width, inner.height, inner.data[0]], [6, 6, 10]);
    const corner = cropRegion(frame, { x: 90, y: -10, width: 30, height: 30 }, 0.5);
    assert.deepEqual([corner.width, corner.height, corner.data[0], corner.data[1]], [25, 35, 75, 0]);
  });

  it('refuses a box beside the frame, and one that is no box', () => {
    assert.throws(() => cropRegion(frame, { x: 200, y: 0, width: 10, height: 10 }, 0.3), {
      code: 'INVALID_ARGUMENT',
      message: 'Expected a box that meets the frame of 100 × 80 for box but received "10 × 10 at 200, 0"',
    });
    assert.throws(() => cropRegion(frame, { x: Number.NaN, y: 0, width: 10, height: 10 }, 0), {
      code: 'INVALID_ARGUMENT',
    });
  });
});
