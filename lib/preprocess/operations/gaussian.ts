/** Gaussian blur: takes away noise, and detail with it. */
import { operation } from '../operation';
import { gaussianBlur } from '../../pixels/gaussian';
import { asImage } from '../../pixels/image';

export const gaussian = operation({
  id: 'gaussian',
  parameters: [{ name: 'sigma', type: 'number', min: 0.3, max: 100, default: 1, unit: 'pixels' }],
  apply(source, { sigma }, context) {
    const frame = context.target(source);
    gaussianBlur(asImage(source), asImage(frame), sigma);
    return { frame };
  },
});
