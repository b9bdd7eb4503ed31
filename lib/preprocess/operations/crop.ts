/** Keeps a rectangle of the frame. */
import { CHANNELS } from '../../image/frame';
import { operation } from '../operation';
import { translation } from '../../geometry/transform';

export const crop = operation({
  id: 'crop',
  parameters: [
    // Of the frame's width and height, so that the step fits a camera of any resolution.
    { name: 'left', type: 'number', min: 0, max: 99, default: 0, unit: 'percent' },
    { name: 'top', type: 'number', min: 0, max: 99, default: 0, unit: 'percent' },
    { name: 'width', type: 'number', min: 1, max: 100, default: 100, unit: 'percent' },
    { name: 'height', type: 'number', min: 1, max: 100, default: 100, unit: 'percent' },
  ],
  movesPixels: true,
  /** Rounded to whole pixels, at least one; what reaches beyond the frame is cut. */
  apply(source, values, context) {
    const [left, right] = span(values.left, values.width, source.width);
    const [top, bottom] = span(values.top, values.height, source.height);
    const frame = context.target(source, right - left, bottom - top);
    for (let y = top; y < bottom; y++) {
      const row = y * source.width;
      const pixels = source.data.subarray((row + left) * CHANNELS, (row + right) * CHANNELS);
      frame.data.set(pixels, (y - top) * pixels.length);
    }
    return { frame, transform: { kind: 'homography', matrix: translation(-left, -top) } };
  },
});

function span(start: number, size: number, length: number): [from: number, to: number] {
  const from = Math.min(length - 1, Math.round((start / 100) * length));
  const to = Math.min(length, Math.round(((start + size) / 100) * length));
  return [from, Math.max(from + 1, to)];
}
