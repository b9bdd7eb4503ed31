/**
 * Makes a frame look like reference photographs, the enrolled ones of the people to be recognised: as bright, as
 * contrasty, as colourful and as sharp. Its numbers are what `auto` reports for those.
 */
import type { Frame } from '../../image/frame';
import { operation } from '../operation';
import { gaussianBlur } from '../../pixels/gaussian';
import { bring, kernels, PLANE_AT, RESULT_AT, type Band } from '../../pixels/bands';
import { extremeHistograms, meanOf } from '../../pixels/histogram';
import { createImage, type Image } from '../../pixels/image';
import { luminancePlane, replaceLuminance } from '../../pixels/luminance';
import { gainTo } from './normalise';

/** What is taken away or added to change the sharpness: detail finer than this. Pixels. */
const DETAIL_SIGMA = 1;
/** At most this many times the detail is added; noise is detail too. */
const MOST_DETAIL = 3;
/** No measure is taken from more pixels than about this. */
const SAMPLES = 100_000;

export const matchReference = operation({
  id: 'match-reference',
  parameters: [
    // Defaults: about the means over the photographs of LFW, 98 and 63.
    { name: 'mean', type: 'number', min: 0, max: 255, default: 100, unit: 'levels' },
    { name: 'deviation', type: 'number', min: 1, max: 127, default: 60, unit: 'levels' },
    // Mean difference of the strongest and the weakest channel; 0 leaves the colours as they are.
    { name: 'saturation', type: 'number', min: 0, max: 255, default: 0, unit: 'levels' },
    // Deviation of the Laplacian over that of the luminance; 0 leaves the sharpness as it is.
    { name: 'sharpness', type: 'number', min: 0, max: 4, default: 0, unit: 'factor' },
    // Limits what may be done to contrast and colours.
    { name: 'maxGain', type: 'number', min: 1, max: 20, default: 4, unit: 'factor' },
  ],
  /** Sharpness comes first, by blending with, or away from, a blurred copy; then the others, in one pass. */
  apply(source, { mean, deviation, saturation, sharpness, maxGain }, context) {
    const before = luminancePlane(source);
    const blurred = createImage(source.width, source.height, 1);
    gaussianBlur(before, blurred, DETAIL_SIGMA);
    const moments = measureDetail(before, blurred);
    const detail = sharpness === 0 ? 0 : detailFor(moments, sharpness);
    const contrast = gainTo(deviation, Math.sqrt(Math.max(0, luminanceVariance(moments, detail))), maxGain);
    const colour = saturation === 0 ? 1 : gainTo(saturation, contrast * saturationOf(source), maxGain);
    const frame = context.inPlace(source);
    const relight = ({ start, pixels }: Band): number => {
      bring(blurred, start, pixels, RESULT_AT);
      // gain · (luminance + amount · detail) + offset
      const [own, smooth] = [contrast * (1 + detail), -contrast * detail];
      const offset = mean - contrast * moments.mean;
      kernels().combine(PLANE_AT, RESULT_AT, RESULT_AT + pixels, own, smooth, offset);
      return RESULT_AT;
    };
    replaceLuminance(source, frame, relight, contrast * colour);
    return { frame, found: { detail, contrast, colour } };
  },
});

/** Mean difference of the strongest and the weakest channel. */
function saturationOf(source: Frame): number {
  const every = Math.max(1, Math.floor((source.width * source.height) / SAMPLES));
  const { strongest, weakest } = extremeHistograms(source, every);
  return meanOf(strongest) - meanOf(weakest);
}

/** Second moments of the luminance, of its detail (what the blur takes away) and of the Laplacians of both. */
interface Moments {
  readonly mean: number;
  readonly luminance: number;
  readonly luminanceDetail: number;
  readonly detail: number;
  readonly laplacian: number;
  readonly laplacianDetail: number;
  readonly detailLaplacian: number;
}

/** Means over every n-th row without the border, which has no Laplacian. */
function measureDetail({ data, width, height }: Image, { data: blurred }: Image): Moments {
  const step = Math.max(1, Math.floor((width * height) / SAMPLES));
  const sums = new Float64Array(8);
  let count = 0;
  for (let y = 1; y < height - 1; y += step, count += width - 2)
    addMoments(data, blurred, y * width, width, sums);
  const [
    mean = 0,
    meanDetail = 0,
    ll = 0,
    ld = 0,
    dd = 0,
    laplacian = 0,
    laplacianDetail = 0,
    detailLaplacian = 0,
  ] = sums.map((sum) => sum / Math.max(1, count));
  return {
    mean,
    luminance: ll - mean * mean,
    luminanceDetail: ld - mean * meanDetail,
    detail: dd - meanDetail * meanDetail,
    laplacian,
    laplacianDetail,
    detailLaplacian,
  };
}

function addMoments(
  data: Uint8Array,
  blurred: Uint8Array,
  start: number,
  width: number,
  sums: Float64Array,
): void {
  for (let i = start + 1; i < start + width - 1; i++) {
    const value = data[i]!;
    const smooth = blurred[i]!;
    const detail = value - smooth;
    const second = data[i - 1]! + data[i + 1]! + data[i - width]! + data[i + width]! - 4 * value;
    const smoothSecond =
      blurred[i - 1]! + blurred[i + 1]! + blurred[i - width]! + blurred[i + width]! - 4 * smooth;
    const detailSecond = second - smoothSecond;
    sums[0]! += value;
    sums[1]! += detail;
    sums[2]! += value * value;
    sums[3]! += value * detail;
    sums[4]! += detail * detail;
    sums[5]! += second * second;
    sums[6]! += second * detailSecond;
    sums[7]! += detailSecond * detailSecond;
  }
}

/** Variance of luminance + amount · detail. */
function luminanceVariance(moments: Moments, amount: number): number {
  return moments.luminance + 2 * amount * moments.luminanceDetail + amount * amount * moments.detail;
}

/**
 * How much detail to add for a given sharpness: both variances are quadratic in the amount, so their ratio has a
 * given value where a quadratic is zero.
 * @returns −1 (only the blurred copy is left) to MOST_DETAIL
 */
function detailFor(moments: Moments, sharpness: number): number {
  const squared = sharpness * sharpness;
  const a = moments.detailLaplacian - squared * moments.detail;
  const b = moments.laplacianDetail - squared * moments.luminanceDetail;
  const c = moments.laplacian - squared * moments.luminance;
  const discriminant = b * b - a * c;
  const isTooSoft = c < 0;
  const farthest = isTooSoft ? MOST_DETAIL : -1;
  if (discriminant < 0 || a === 0) return farthest;
  const root = Math.sqrt(discriminant);
  const amounts = [(-b - root) / a, (-b + root) / a].filter((amount) =>
    isTooSoft ? amount >= 0 && amount <= MOST_DETAIL : amount <= 0 && amount >= -1,
  );
  return amounts.length === 0 ? farthest : amounts.reduce((x, y) => (Math.abs(x) < Math.abs(y) ? x : y));
}
