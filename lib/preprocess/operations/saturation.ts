/** Strengthens or weakens colours at the same luminance. */
import { operation } from '../operation';
import { PLANE_AT } from '../../pixels/bands';
import { replaceLuminance } from '../../pixels/luminance';

export const saturation = operation({
  id: 'saturation',
  parameters: [{ name: 'factor', type: 'number', min: 0, max: 10, default: 1, unit: 'factor' }],
  /** A channel's distance from the luminance is multiplied: 0 gives grey, 1 changes nothing. */
  apply(source, { factor }, context) {
    const frame = context.inPlace(source);
    replaceLuminance(source, frame, () => PLANE_AT, factor);
    return { frame };
  },
});
