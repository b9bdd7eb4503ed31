/** What can be measured of a frame without knowing what it shows. */
import { CHANNELS, type Frame } from '../image/frame';
import { bandsOf, bring, kernels, memory, PLANE_AT, RGB_AT, ROW_AT } from '../pixels/bands';
import {
  channelHistograms,
  deviationOf,
  extremeHistograms,
  luminanceHistogram,
  meanOf,
  percentileOf,
  type Histogram,
} from '../pixels/histogram';
import { bringLuminance } from '../pixels/luminance';

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
  /** How much brighter the border of the frame is than its dark middle, stops; 0 where the middle is not dark. */
  readonly backlight: number;
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

/** Takes a few milliseconds at any size. */
export function measure(frame: Frame): Measures {
  const every = Math.max(1, Math.floor((frame.width * frame.height) / SAMPLES));
  const [red, green, blue] = channelHistograms(frame, every);
  const { strongest, weakest } = extremeHistograms(frame, every);
  const luminance = luminanceHistogram(frame, every);
  const texture = measureTexture(frame, every);
  const contrast = deviationOf(luminance);
  return {
    brightness: meanOf(strongest),
    mean: meanOf(luminance),
    contrast,
    saturation: meanOf(strongest) - meanOf(weakest),
    noise: texture.noise,
    // A frame of one level is neither sharp nor blurred.
    sharpness: contrast < 1 ? 0 : texture.laplacian / contrast,
    backlight: measureBacklight(frame, every),
    cast: castOf(red, green, blue),
    means: { red: meanOf(red), green: meanOf(green), blue: meanOf(blue) },
  };
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

/** Noise is estimated in stretches of a row this long, pixels (STRETCH of kernels/luminance.ts). */
const STRETCH = 16;
/** Numbers that the kernel writes for each. */
const RESULTS = 4;
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
function measureTexture(frame: Frame, every: number): { readonly laplacian: number; readonly noise: number } {
  const { width, height } = frame;
  const stretches = Math.max(0, Math.floor((width - 2) / STRETCH));
  const results = new Float32Array(memory(), PLANE_AT, stretches * RESULTS);
  const rowBytes = width * Float32Array.BYTES_PER_ELEMENT;
  const noises: number[] = [];
  let squares = 0;
  let count = 0;
  for (let y = 1; y < height - 1; y += every, count += stretches * STRETCH) {
    bring(frame, (y - 1) * width * CHANNELS, 3 * width * CHANNELS, RGB_AT);
    kernels().floatLuminance(RGB_AT, ROW_AT, ROW_AT + 3 * rowBytes);
    kernels().measureStretches(
      ROW_AT + rowBytes + Float32Array.BYTES_PER_ELEMENT,
      rowBytes,
      stretches,
      PLANE_AT,
    );
    for (let at = 0; at < results.length; at += RESULTS) {
      const mean = results[at]! / STRETCH;
      squares += results[at + 1]!;
      if (mean > UNCLIPPED.min && mean < UNCLIPPED.max) {
        noises.push((MASK_TO_DEVIATION * results[at + 2]!) / STRETCH);
      }
    }
  }
  noises.sort((a, b) => a - b);
  return {
    laplacian: Math.sqrt(squares / Math.max(1, count)),
    noise: noises[Math.floor(SMOOTH_SHARE * noises.length)] ?? 0,
  };
}

/** The border is an eighth of the frame on each side; the middle begins after a quarter. */
const BORDER = 1 / 8;
const MIDDLE = 1 / 4;
/** A middle brighter than this shows what it shows. 1 % of ordinary photographs have a darker one. Levels. */
const DARK_MIDDLE = 65;
/** Added to the levels that are compared: next to black everything is many times brighter. */
const BLACK = 8;

/** Cameras meter the middle: somebody before a window is darker there than the frame is around. */
function measureBacklight(frame: Frame, every: number): number {
  const { width, height } = frame;
  const edges = [0, BORDER, MIDDLE, 1 - MIDDLE, 1 - BORDER, 1].map((share) => Math.round(share * width));
  const middle = { sum: 0, pixels: 0 };
  const border = { sum: 0, pixels: 0 };
  for (const band of bandsOf(frame, every)) {
    bringLuminance(frame, band);
    for (let i = 0; i < band.rows; i++) {
      const v = (band.row + i + 0.5) / height;
      for (let part = 0; part < edges.length - 1; part++) {
        const isBorder = part === 0 || part === edges.length - 2 || v < BORDER || v > 1 - BORDER;
        const isMiddle = part === 2 && v > MIDDLE && v < 1 - MIDDLE;
        if (!isBorder && !isMiddle) continue;
        const [from, to] = [edges[part]!, edges[part + 1]!];
        const area = isBorder ? border : middle;
        area.sum += kernels().sumBytes(PLANE_AT + i * width + from, PLANE_AT + i * width + to);
        area.pixels += to - from;
      }
    }
  }
  if (middle.pixels === 0 || border.pixels === 0) return 0;
  const inside = middle.sum / middle.pixels;
  const around = border.sum / border.pixels;
  return inside > DARK_MIDDLE ? 0 : Math.max(0, Math.log2((around + BLACK) / (inside + BLACK)));
}
