/** Rotates the frame so that the eyes of its largest face are level. */
import type { Face } from '../../core/face';
import { operation } from '../operation';
import { placesOfHomography, warp } from '../../pixels/warp';
import { about, rotation } from '../../geometry/transform';

export const upright = operation({
  id: 'upright',
  parameters: [
    // Smaller tilts stay: a detector's eyes are not more exact, and every rotation blurs a little.
    { name: 'tolerance', type: 'number', min: 0, max: 90, default: 3, unit: 'degrees' },
  ],
  needsFaces: true,
  movesPixels: true,
  /** About the point between the eyes; the size stays, what the picture does not cover is black. */
  apply(source, { tolerance }, context) {
    const face = largest(context.faces ?? []);
    if (!face) return { frame: source };
    const { leftEye, rightEye } = face.landmarks;
    const tilt = (Math.atan2(rightEye.y - leftEye.y, rightEye.x - leftEye.x) * 180) / Math.PI;
    if (Math.abs(tilt) <= tolerance) return { frame: source, found: { tilt } };
    const centre = { x: (leftEye.x + rightEye.x) / 2, y: (leftEye.y + rightEye.y) / 2 };
    const matrix = about(centre, rotation(-tilt));
    const frame = context.target(source);
    warp(source, frame, placesOfHomography(matrix));
    return { frame, transform: { kind: 'homography', matrix }, found: { tilt } };
  },
});

function largest(faces: readonly Face[]): Face | undefined {
  const area = ({ box }: Face): number => box.width * box.height;
  return faces.reduce<Face | undefined>(
    (best, face) => (best && area(best) >= area(face) ? best : face),
    undefined,
  );
}
