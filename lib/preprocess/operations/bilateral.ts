/**
 * Bilateral filter (Tomasi & Manduchi 1998): a Gaussian that counts only neighbours of a similar colour, so that
 * noise goes and edges stay. A denoiser: slow.
 */
import { CHANNELS, type Frame } from '../../image/frame';
import { operation } from '../operation';
import { padFrame } from '../../pixels/image';

/** The window reaches this many standard deviations, as in OpenCV. */
const REACH_PER_SIGMA = 1.5;
/** The sum of three channels' differences. */
const MOST_DIFFERENCE = 3 * 255;

export const bilateral = operation({
  id: 'bilateral',
  parameters: [
    { name: 'sigmaSpace', type: 'number', min: 0.5, max: 6, default: 1.5, unit: 'pixels' },
    // Of the sum of the differences of the three channels.
    { name: 'sigmaColour', type: 'number', min: 1, max: 255, default: 40, unit: 'levels' },
  ],
  apply(source, { sigmaSpace, sigmaColour }, context) {
    const frame = context.target(source);
    filter(source, frame, sigmaSpace, sigmaColour);
    return { frame };
  },
});

interface Neighbours {
  /** From a pixel to each of its neighbours, in bytes. */
  readonly offsets: Int32Array;
  readonly weights: Float32Array;
}

function filter(source: Frame, target: Frame, sigmaSpace: number, sigmaColour: number): void {
  const reach = Math.max(1, Math.round(REACH_PER_SIGMA * sigmaSpace));
  const padded = padFrame(source, reach);
  const neighbours = disc(reach, sigmaSpace, padded.width);
  const likeness = Float32Array.from({ length: MOST_DIFFERENCE + 1 }, (_, difference) =>
    Math.exp((-difference * difference) / (2 * sigmaColour * sigmaColour)),
  );
  for (let y = 0; y < source.height; y++) {
    const from = ((y + reach) * padded.width + reach) * CHANNELS;
    const to = y * source.width * CHANNELS;
    filterRow(padded.data, from, target.data, to, source.width, neighbours, likeness);
  }
}

/** Neighbours at most `reach` pixels away, the pixel itself among them. */
function disc(reach: number, sigma: number, stride: number): Neighbours {
  const offsets: number[] = [];
  const weights: number[] = [];
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const squared = dx * dx + dy * dy;
      if (squared > reach * reach) continue;
      offsets.push((dy * stride + dx) * CHANNELS);
      weights.push(Math.exp(-squared / (2 * sigma * sigma)));
    }
  }
  return { offsets: Int32Array.from(offsets), weights: Float32Array.from(weights) };
}

function filterRow(
  source: Uint8Array,
  from: number,
  target: Uint8Array,
  to: number,
  width: number,
  { offsets, weights }: Neighbours,
  likeness: Float32Array,
): void {
  for (const end = to + width * CHANNELS; to < end; from += CHANNELS, to += CHANNELS) {
    const red = source[from]!;
    const green = source[from + 1]!;
    const blue = source[from + 2]!;
    let sum = 0;
    let sumRed = 0;
    let sumGreen = 0;
    let sumBlue = 0;
    for (let k = 0; k < offsets.length; k++) {
      const at = from + offsets[k]!;
      const r = source[at]!;
      const g = source[at + 1]!;
      const b = source[at + 2]!;
      const difference = Math.abs(r - red) + Math.abs(g - green) + Math.abs(b - blue);
      const weight = weights[k]! * likeness[difference]!;
      sum += weight;
      sumRed += weight * r;
      sumGreen += weight * g;
      sumBlue += weight * b;
    }
    target[to] = sumRed / sum + 0.5;
    target[to + 1] = sumGreen / sum + 0.5;
    target[to + 2] = sumBlue / sum + 0.5;
  }
}
