/** Straightens what a camera sees at an angle: four points of the frame become the corners of the result. */
import { operation } from '../operation';
import { placesOfHomography, warp } from '../../pixels/warp';
import { invalid } from '../../core/validate';
import { invert, multiply, scaling, squareToQuadrilateral } from '../../geometry/transform';
import type { Point } from '../../core/face';

const CORNERS = 4;
const WHOLE_FRAME: readonly Point[] = [
  { x: 0, y: 0 },
  { x: 100, y: 0 },
  { x: 100, y: 100 },
  { x: 0, y: 100 },
];

export const perspective = operation({
  id: 'perspective',
  parameters: [
    // What shall lie at the top left, top right, bottom right and bottom left; may lie outside the frame.
    { name: 'corners', type: 'points', min: -100, max: 200, default: WHOLE_FRAME, unit: 'percent' },
  ],
  movesPixels: true,
  /**
   * The result has the size of the source.
   * @throws ArcFlowError INVALID_ARGUMENT unless the points are the corners, in order, of a convex quadrilateral
   */
  apply(source, { corners }, context) {
    const { width, height } = source;
    const [a, b, c, d] = corners.map(({ x, y }) => ({ x: (x / 100) * width, y: (y / 100) * height }));
    const fromSquare = a && b && c && d && squareToQuadrilateral([a, b, c, d]);
    if (!fromSquare) {
      throw invalid(`${CORNERS} corners of a convex quadrilateral in order`, 'perspective.corners', corners);
    }
    const matrix = multiply(scaling(width, height), invert(fromSquare));
    const frame = context.target(source);
    warp(source, frame, placesOfHomography(matrix));
    return { frame, transform: { kind: 'homography', matrix } };
  },
});
