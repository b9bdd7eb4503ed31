/**
 * Homomorphic filtering: in the logarithm, light and surface add up; the slow part, mostly light, is damped and the
 * rest, mostly surface, strengthened (Oppenheim, Schafer & Stockham 1968; Gonzalez & Woods, "Digital Image
 * Processing", 4.9.6, with a Gaussian filter).
 */
import { operation } from '../operation';
import { addRow, mapValues, slowPart, type SlowMap } from '../pixels/illumination';
import { createImage, type Image } from '../pixels/image';
import { luminancePlane, replaceLuminance } from '../pixels/luminance';
import { LEVELS } from '../pixels/levels';

/** log(1 + level), so that black is defined. */
const LOG = Float32Array.from({ length: LEVELS }, (_, level) => Math.log1p(level));

export const homomorphic = operation({
  id: 'homomorphic',
  parameters: [
    // Of the frame's longer side.
    { name: 'sigma', type: 'number', min: 1, max: 100, default: 10, unit: 'percent' },
    // Factors of the slow part and of the rest, in the logarithm.
    { name: 'lowGain', type: 'number', min: 0, max: 1, default: 0.3, unit: 'factor' },
    { name: 'highGain', type: 'number', min: 0.5, max: 3, default: 1.2, unit: 'factor' },
  ],
  /** log' = mean + lowGain · (slow − mean) + highGain · (log − slow): an even frame stays as it is. */
  apply(source, { sigma, lowGain, highGain }, context) {
    const before = luminancePlane(source);
    const slow = slowPart(before, (sigma / 100) * Math.max(source.width, source.height), LOG);
    const mean = slow.data.reduce((sum, value) => sum + value, 0) / slow.data.length;
    const light = mapValues(slow, (value) => Math.exp((1 - lowGain) * mean + (lowGain - highGain) * value));
    const surface = LOG.map((value) => Math.exp(highGain * value));
    const after = relight(before, light, surface);
    const frame = context.inPlace(source);
    replaceLuminance(source, frame, before, after);
    return { frame };
  },
});

/** exp(log') − 1 as a product of what depends on the place and what depends on the level. */
function relight(plane: Image, light: SlowMap, surface: Float32Array): Image {
  const { width, height } = plane;
  const result = createImage(width, height, 1);
  const row = new Float32Array(width);
  for (let y = 0; y < height; y++) {
    row.fill(0);
    addRow(light, y, row);
    relightRow(plane.data, result.data, y * width, row, surface);
  }
  return result;
}

function relightRow(
  source: Uint8Array,
  target: Uint8Array,
  start: number,
  light: Float32Array,
  surface: Float32Array,
): void {
  for (let x = 0, i = start; x < light.length; x++, i++) {
    const value = surface[source[i]!]! * light[x]! - 1;
    target[i] = value < 0 ? 0 : value > 255 ? 255 : value + 0.5;
  }
}
