/** Mirrors the frame. */
import { CHANNELS, type Frame } from '../../image/frame';
import { operation } from '../operation';
import { mirror } from '../../pixels/warp';
import type { Homography } from '../../geometry/transform';

export const flip = operation({
  id: 'flip',
  parameters: [
    // Horizontal swaps left and right, vertical top and bottom.
    { name: 'direction', type: 'choice', choices: ['horizontal', 'vertical'], default: 'horizontal' },
  ],
  movesPixels: true,
  apply(source, { direction }, context) {
    const { width, height } = source;
    const frame = context.target(source);
    const matrix: Homography =
      direction === 'horizontal' ? [-1, 0, width, 0, 1, 0, 0, 0, 1] : [1, 0, 0, 0, -1, height, 0, 0, 1];
    if (direction === 'horizontal') mirror(source, frame);
    else reverseRows(source, frame);
    return { frame, transform: { kind: 'homography', matrix } };
  },
});

function reverseRows({ data, width, height }: Frame, { data: target }: Frame): void {
  const rowBytes = width * CHANNELS;
  for (let y = 0; y < height; y++) {
    target.set(data.subarray(y * rowBytes, (y + 1) * rowBytes), (height - 1 - y) * rowBytes);
  }
}
