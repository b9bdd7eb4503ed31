/** Resamples the frame to another size. */
import { MAX_SIDE } from '../../image/frame';
import { operation } from '../operation';
import { resample } from '../../pixels/triangle-resample';
import { scaling } from '../../geometry/transform';

export const resize = operation({
  id: 'resize',
  parameters: [
    // 0 follows from the other side in proportion; both 0 leave the frame as it is.
    { name: 'width', type: 'integer', min: 0, max: 8192, default: 640, unit: 'pixels' },
    { name: 'height', type: 'integer', min: 0, max: 8192, default: 0, unit: 'pixels' },
  ],
  movesPixels: true,
  apply(source, { width, height }, context) {
    if (width === 0 && height === 0) return { frame: source };
    const ratio = source.width / source.height;
    const frame = context.target(source, width || side(height * ratio), height || side(width / ratio));
    resample(source, frame);
    const matrix = scaling(frame.width / source.width, frame.height / source.height);
    return { frame, transform: { kind: 'homography', matrix } };
  },
});

function side(length: number): number {
  return Math.min(MAX_SIDE, Math.max(1, Math.round(length)));
}
