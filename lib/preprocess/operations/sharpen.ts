/** Unsharp masking: what a blur takes away is added once more. */
import { operation } from '../operation';
import { gaussianBlur } from '../pixels/gaussian';
import { createImage } from '../pixels/image';
import { luminancePlane, replaceLuminance } from '../pixels/luminance';

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
    const after = createImage(source.width, source.height, 1);
    gaussianBlur(before, after, radius);
    addDetail(before.data, after.data, detailTable(amount / 100, threshold));
    const frame = context.inPlace(source);
    replaceLuminance(source, frame, before, after);
    return { frame };
  },
});

/** What to add for each difference from −255 to 255. */
function detailTable(amount: number, threshold: number): Int32Array {
  return Int32Array.from({ length: 511 }, (_, index) => {
    const difference = index - 255;
    return Math.abs(difference) < threshold ? 0 : Math.round(amount * difference);
  });
}

/** Turns the blurred plane into the sharpened one. */
function addDetail(plane: Uint8Array, blurred: Uint8Array, detail: Int32Array): void {
  for (let i = 0; i < plane.length; i++) {
    const level = plane[i]!;
    const value = level + detail[level - blurred[i]! + 255]!;
    blurred[i] = value < 0 ? 0 : value > 255 ? 255 : value;
  }
}
