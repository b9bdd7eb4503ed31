/** Unsharp masking: what a blur takes away is added once more. */
import { operation } from '../operation';
import { bring, kernels, place, PLANE_AT, RESULT_AT, TABLES_AT } from '../../pixels/bands';
import { gaussianBlur } from '../../pixels/gaussian';
import { createImage } from '../../pixels/image';
import { luminancePlane, replaceLuminance } from '../../pixels/luminance';

export const sharpen = operation({
  id: 'sharpen',
  parameters: [
    // Standard deviation of the blur.
    { name: 'radius', type: 'number', min: 0.3, max: 20, default: 1, unit: 'pixels' },
    { name: 'amount', type: 'number', min: 0, max: 500, default: 100, unit: 'percent' },
    // Smaller differences from the blurred frame are noise, and stay.
    { name: 'threshold', type: 'number', min: 0, max: 255, default: 2, unit: 'levels' },
  ],
  /** luminance' = luminance + amount · (luminance − blurred), where they differ by `threshold` or more. */
  apply(source, { radius, amount, threshold }, context) {
    const before = luminancePlane(source);
    const blurred = createImage(source.width, source.height, 1);
    gaussianBlur(before, blurred, radius);
    place(detailTable(amount / 100, threshold), TABLES_AT);
    const frame = context.inPlace(source);
    replaceLuminance(source, frame, ({ start, pixels }) => {
      bring(blurred, start, pixels, RESULT_AT);
      kernels().addDetail(PLANE_AT, RESULT_AT, RESULT_AT + pixels, TABLES_AT);
      return RESULT_AT;
    });
    return { frame };
  },
});

/** What to add for each difference from −255 to 255. */
function detailTable(amount: number, threshold: number): Int16Array {
  return Int16Array.from({ length: 511 }, (_, index) => {
    const difference = index - 255;
    return Math.abs(difference) < threshold ? 0 : Math.round(amount * difference);
  });
}
