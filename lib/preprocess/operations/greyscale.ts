/** Colour to grey, still in three equal channels, as the networks want it. */
import { CHANNELS, type Frame } from '../../image/frame';
import { operation } from '../operation';
import { bandsOf, bringPixels, fetchBack, kernels, OTHER_RGB_AT, RGB_AT } from '../../pixels/bands';
import { REC601 } from '../../pixels/luminance';

const WEIGHTS = {
  rec601: REC601,
  /** ITU-R BT.709-6, item 3.2. */
  rec709: [0.2126, 0.7152, 0.0722],
  average: [1 / 3, 1 / 3, 1 / 3],
} as const;

/** Weights become whole parts of this (SHARE_BITS of kernels/luminance.ts). */
const WHOLE = 1 << 14;

export const greyscale = operation({
  id: 'greyscale',
  parameters: [
    {
      name: 'weights',
      type: 'choice',
      choices: ['rec601', 'rec709', 'average', 'custom'],
      default: 'rec601',
    },
    ...(['red', 'green', 'blue'] as const).map(
      (name) =>
        ({
          name,
          type: 'number',
          min: 0,
          max: 100,
          default: 33,
          unit: 'percent',
          when: { parameter: 'weights', is: 'custom' },
        }) as const,
    ),
  ],
  /** Custom weights count in proportion to their sum; all zero is an average. */
  apply(source, { weights, red, green, blue }, context) {
    const shares = weights === 'custom' ? proportions([red, green, blue]) : WEIGHTS[weights];
    const frame = context.inPlace(source);
    mix(source, frame, shares);
    return { frame };
  },
});

function proportions(weights: readonly [number, number, number]): readonly [number, number, number] {
  const sum = weights[0] + weights[1] + weights[2];
  return sum === 0 ? WEIGHTS.average : [weights[0] / sum, weights[1] / sum, weights[2] / sum];
}

function mix(source: Frame, target: Frame, shares: readonly [number, number, number]): void {
  const red = Math.round(shares[0] * WHOLE);
  const blue = Math.round(shares[2] * WHOLE);
  const green = WHOLE - red - blue;
  for (const band of bandsOf(source)) {
    const length = bringPixels(source, band) - RGB_AT;
    kernels().mixChannels(RGB_AT, OTHER_RGB_AT, OTHER_RGB_AT + length, red, green, blue);
    fetchBack(target, band.start * CHANNELS, length, OTHER_RGB_AT);
  }
}
