/** Removes the distortion of a lens, such as the barrel of a wide-angle camera. */
import { operation } from '../operation';
import { placesOfLens, warp } from '../../pixels/warp';
import type { Lens } from '../../geometry/transform';

const coefficient = <const N extends string>(name: N) =>
  ({ name, type: 'number', min: -10, max: 10, default: 0, unit: 'coefficient' }) as const;

export const lens = operation({
  id: 'lens',
  parameters: [
    // As OpenCV's calibrateCamera prints them, in its order: radial k1, k2, tangential p1, p2, radial k3.
    coefficient('k1'),
    coefficient('k2'),
    coefficient('p1'),
    coefficient('p2'),
    coefficient('k3'),
    // Of the frame's width; 100 is a horizontal field of view of 53 degrees.
    { name: 'focalLength', type: 'number', min: 30, max: 1000, default: 100, unit: 'percent' },
    // Of the frame's width and height.
    { name: 'centreX', type: 'number', min: 0, max: 100, default: 50, unit: 'percent' },
    { name: 'centreY', type: 'number', min: 0, max: 100, default: 50, unit: 'percent' },
  ],
  movesPixels: true,
  /** The size stays; where the lens saw nothing is black. */
  apply(source, { focalLength, centreX, centreY, ...coefficients }, context) {
    const description: Lens = {
      ...coefficients,
      focal: (focalLength / 100) * source.width,
      centre: { x: (centreX / 100) * source.width, y: (centreY / 100) * source.height },
    };
    const frame = context.target(source);
    warp(source, frame, placesOfLens(description));
    return { frame, transform: { kind: 'lens', lens: description } };
  },
});
