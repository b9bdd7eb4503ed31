/** Rotates the frame, for a camera that is not mounted upright. */
import { operation } from '../operation';
import { placesOfHomography, warp } from '../../pixels/warp';
import { moveBox, multiply, project, rotation, translation } from '../../geometry/transform';

export const rotate = operation({
  id: 'rotate',
  parameters: [
    // Clockwise. Whole quarters are exact.
    { name: 'angle', type: 'number', min: -360, max: 360, default: 90, unit: 'degrees' },
    // Whether the frame grows to hold all of the picture, or keeps its size and loses the corners.
    { name: 'canvas', type: 'choice', choices: ['expand', 'keep'], default: 'expand' },
  ],
  movesPixels: true,
  /** About the centre; what the picture does not cover is black. */
  apply(source, { angle, canvas }, context) {
    const turn = rotation(angle);
    const around = moveBox({ x: 0, y: 0, width: source.width, height: source.height }, (corner) =>
      project(turn, corner),
    );
    const width = canvas === 'expand' ? Math.max(1, Math.round(around.width)) : source.width;
    const height = canvas === 'expand' ? Math.max(1, Math.round(around.height)) : source.height;
    const matrix = multiply(
      translation(width / 2, height / 2),
      multiply(turn, translation(-source.width / 2, -source.height / 2)),
    );
    const frame = context.target(source, width, height);
    warp(source, frame, placesOfHomography(matrix));
    return { frame, transform: { kind: 'homography', matrix } };
  },
});
