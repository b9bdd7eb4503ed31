/** What can be measured of a frame without knowing what it shows, and the statistics of a set of photographs. */
import { CHANNELS, type Frame } from '../image/frame';
import { deviationOf, meanOf, percentileOf, type Histogram } from './pixels/histogram';
import { luminanceAt } from './pixels/luminance';
import { LEVELS } from './pixels/levels';

export interface Measures {
  /** Mean of each pixel's strongest channel, levels: a tint takes light away, but does not make a frame dark. */
  readonly brightness: number;
  /** Mean and standard deviation of the luminance, levels. */
  readonly mean: number;
  readonly contrast: number;
  /** Mean difference of the strongest and the weakest channel, levels. */
  readonly saturation: number;
  /** Standard deviation of the luminance's noise, levels. */
  readonly noise: number;
  /** Deviation of the Laplacian over that of the luminance (Pech-Pacheco et al. 2000, contrast divided out). */
  readonly sharpness: number;
  readonly cast: Cast;
  /** Mean of each channel, levels. */
  readonly means: { readonly red: number; readonly green: number; readonly blue: number };
}

/** How much stronger red and blue are than green, in stops (powers of two). */
export interface Cast {
  readonly red: number;
  readonly blue: number;
}

/** No measure is taken from many more pixels than this; they lie in rows all over the frame. */
const SAMPLES = 150_000;
/** The brightest pixels are highlights: the white of a frame is the level that this part lies below. Percent. */
const WHITE = 98;

/** Takes about 5 ms at any size. */
export function measure(frame: Frame): Measures {
  const { width, height, data } = frame;
  const step = Math.max(1, Math.floor((width * height) / SAMPLES));
  const tally = new Tally();
  for (let y = 0; y < height; y += step) tally.add(data, y * width * CHANNELS, (y + 1) * width * CHANNELS);
  const texture = measureTexture(frame, step);
  const { red, green, blue, luminance, strongest, weakest } = tally;
  const contrast = deviationOf(luminance);
  return {
    brightness: meanOf(strongest),
    mean: meanOf(luminance),
    contrast,
    saturation: meanOf(strongest) - meanOf(weakest),
    noise: texture.noise,
    // A frame of one level is neither sharp nor blurred.
    sharpness: contrast < 1 ? 0 : texture.laplacian / contrast,
    cast: castOf(red, green, blue),
    means: { red: meanOf(red), green: meanOf(green), blue: meanOf(blue) },
  };
}

/** What the preprocessing step match-reference takes of a set of photographs: the means of their measures. */
export function statisticsOf(frames: readonly Frame[]): {
  readonly mean: number;
  readonly deviation: number;
  readonly saturation: number;
  readonly sharpness: number;
} {
  const measures = frames.map(measure);
  const average = (value: (measures: Measures) => number): number =>
    measures.reduce((sum, each) => sum + value(each), 0) / measures.length;
  return {
    mean: average(({ mean }) => mean),
    deviation: average(({ contrast }) => contrast),
    saturation: average(({ saturation }) => saturation),
    sharpness: average(({ sharpness }) => sharpness),
  };
}

/** Histograms of some rows. */
class Tally {
  readonly red: Histogram = new Float64Array(LEVELS);
  readonly green: Histogram = new Float64Array(LEVELS);
  readonly blue: Histogram = new Float64Array(LEVELS);
  readonly luminance: Histogram = new Float64Array(LEVELS);
  readonly strongest: Histogram = new Float64Array(LEVELS);
  readonly weakest: Histogram = new Float64Array(LEVELS);

  add(data: Uint8Array, from: number, end: number): void {
    const { red, green, blue, luminance, strongest, weakest } = this;
    for (let i = from; i < end; i += CHANNELS) {
      const r = data[i]!;
      const g = data[i + 1]!;
      const b = data[i + 2]!;
      red[r]!++;
      green[g]!++;
      blue[b]!++;
      luminance[luminanceAt(data, i)]!++;
      strongest[Math.max(r, g, b)]!++;
      weakest[Math.min(r, g, b)]!++;
    }
  }
}

/**
 * A cast shows in the mean colour (grey world) and in the brightest colour (white patch). A lawn or a red wall
 * shows in one of them only, so the smaller of the two counts, and nothing where they contradict each other.
 */
function castOf(red: Histogram, green: Histogram, blue: Histogram): Cast {
  const stops = (a: number, b: number): number => Math.log2((a + 1) / (b + 1));
  const agreed = (channel: Histogram): number => {
    const ofMean = stops(meanOf(channel), meanOf(green));
    const ofWhite = stops(percentileOf(channel, WHITE), percentileOf(green, WHITE));
    if (ofMean * ofWhite <= 0) return 0;
    return Math.abs(ofMean) < Math.abs(ofWhite) ? ofMean : ofWhite;
  };
  return { red: agreed(red), blue: agreed(blue) };
}

/** Noise is estimated in stretches of a row this long, pixels. */
const STRETCH = 16;
/** Stretches darker or brighter are clipped, and their noise with them. Levels. */
const UNCLIPPED = { min: 8, max: 247 };
/** The share of stretches that are smoother than the one that tells the noise: the others may be texture. */
const SMOOTH_SHARE = 0.3;
/** From the mean absolute response of Immerkær's mask to the standard deviation of Gaussian noise. */
const MASK_TO_DEVIATION = Math.sqrt(Math.PI / 2) / 6;

/**
 * Root mean square of the Laplacian, and noise by the mask of Immerkær, "Fast Noise Variance Estimation" (1996),
 * which edges and gradients pass without a trace; taken from the smoother stretches, because texture does not.
 */
function measureTexture(
  { data, width, height }: Frame,
  step: number,
): { readonly laplacian: number; readonly noise: number } {
  const rows = [new Float32Array(width), new Float32Array(width), new Float32Array(width)] as const;
  const noises: number[] = [];
  let squares = 0;
  let count = 0;
  for (let y = 1; y < height - 1; y += step) {
    rows.forEach((row, k) => readLuminance(data, (y + k - 1) * width * CHANNELS, row));
    const [above, row, below] = rows;
    for (let start = 1; start + STRETCH < width; start += STRETCH) {
      let level = 0;
      let mask = 0;
      for (let x = start; x < start + STRETCH; x++) {
        const sides = row[x - 1]! + row[x + 1]! + above[x]! + below[x]!;
        const corners = above[x - 1]! + above[x + 1]! + below[x - 1]! + below[x + 1]!;
        squares += (sides - 4 * row[x]!) ** 2;
        mask += Math.abs(corners - 2 * sides + 4 * row[x]!);
        level += row[x]!;
      }
      count += STRETCH;
      const mean = level / STRETCH;
      if (mean > UNCLIPPED.min && mean < UNCLIPPED.max) noises.push((MASK_TO_DEVIATION * mask) / STRETCH);
    }
  }
  noises.sort((a, b) => a - b);
  return {
    laplacian: Math.sqrt(squares / Math.max(1, count)),
    noise: noises[Math.floor(SMOOTH_SHARE * noises.length)] ?? 0,
  };
}

/** Unrounded: rounding would be noise. */
function readLuminance(data: Uint8Array, from: number, row: Float32Array): void {
  for (let x = 0, i = from; x < row.length; x++, i += CHANNELS) {
    row[x] = 0.299 * data[i]! + 0.587 * data[i + 1]! + 0.114 * data[i + 2]!;
  }
}
