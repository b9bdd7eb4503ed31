/**
 * Homomorphic filtering: in the logarithm, light and surface add up; the slow part, mostly light, is damped and the
 * rest, mostly surface, strengthened (Oppenheim, Schafer & Stockham 1968; Gonzalez & Woods, "Digital Image
 * Processing", 4.9.6, with a Gaussian filter).
 */
import { operation } from '../operation';
import { kernels, place, PLANE_AT, RESULT_AT, ROW_AT, TABLES_AT } from '../../pixels/bands';
import { addUpRow, mapValues, slowPart } from '../../pixels/illumination';
import { replaceLuminance } from '../../pixels/luminance';
import { LEVELS } from '../../pixels/levels';

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
    const { width } = source;
    const slow = slowPart(source, (sigma / 100) * Math.max(width, source.height), LOG);
    const mean = slow.data.reduce((sum, value) => sum + value, 0) / slow.data.length;
    const light = mapValues(slow, (value) => Math.exp((1 - lowGain) * mean + (lowGain - highGain) * value));
    const surface = LOG.map((value) => Math.exp(highGain * value));
    place(surface, TABLES_AT);
    const frame = context.inPlace(source);
    // exp(log') − 1 as a product of what depends on the place and what depends on the level.
    replaceLuminance(source, frame, ({ row, rows }) => {
      for (let i = 0; i < rows; i++) {
        const [from, to] = [PLANE_AT + i * width, RESULT_AT + i * width];
        addUpRow([light], row + i, width);
        kernels().multiplyLight(from, to, to + width, TABLES_AT, ROW_AT);
      }
      return RESULT_AT;
    });
    return { frame };
  },
});
