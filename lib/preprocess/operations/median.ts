/** Median filter: takes away specks and salt-and-pepper noise, and keeps edges. */
import { operation } from '../operation';
import { asImage } from '../../pixels/image';
import { medianFilter } from '../../pixels/neighbourhood';

export const median = operation({
  id: 'median',
  parameters: [{ name: 'radius', type: 'integer', min: 1, max: 2, default: 1, unit: 'pixels' }],
  /** Each channel becomes its median over (2 · radius + 1)² pixels. */
  apply(source, { radius }, context) {
    const frame = context.target(source);
    medianFilter(asImage(source), asImage(frame), radius);
    return { frame };
  },
});
