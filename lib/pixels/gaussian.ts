/** Gaussian blur of any width in about the same time: small kernels directly, large ones on a smaller image. */
import { createImage, type Image } from './image';
import { convolve, double, halve, MAX_REACH, WEIGHT_SUM } from './neighbourhood';

/** A kernel is cut off at this many standard deviations. */
const CUT_OFF = 3;
/** Above this the image has nothing left that half the resolution could not hold. Pixels. */
const LARGEST_DIRECT = MAX_REACH / CUT_OFF;
/** Variance that halving (a box of 2 pixels: 1/4) and doubling by linear interpolation (3/4) add. Square pixels. */
const RESAMPLING_VARIANCE = 1;

/**
 * target = source convolved with a Gaussian of `sigma` pixels, exact to one or two levels. Beyond the border the
 * outermost pixels go on; for a wide Gaussian the means of the outermost blocks of pixels.
 * @param target of the source's size, another image
 */
export function gaussianBlur(source: Image, target: Image, sigma: number): void {
  if (sigma <= LARGEST_DIRECT) {
    convolve(source, target, gaussianWeights(sigma));
    return;
  }
  const { width, height, channels } = source;
  const half = createImage(Math.ceil(width / 2), Math.ceil(height / 2), channels);
  const blurred = createImage(half.width, half.height, channels);
  halve(source, half);
  gaussianBlur(half, blurred, Math.sqrt((sigma * sigma - RESAMPLING_VARIANCE) / 4));
  double(blurred, target);
}

/** Integer weights for the centre and each distance from it; what rounding loses goes to the centre. */
function gaussianWeights(sigma: number): number[] {
  const reach = Math.max(1, Math.ceil(CUT_OFF * sigma));
  const bell = Array.from({ length: reach + 1 }, (_, k) => Math.exp((-k * k) / (2 * sigma * sigma)));
  const sum = 2 * bell.reduce((total, value) => total + value) - 1;
  const [, ...sides] = bell.map((value) => Math.round((value * WEIGHT_SUM) / sum));
  return [WEIGHT_SUM - 2 * sides.reduce((total, value) => total + value, 0), ...sides];
}
