import { asImage } from '../../../../lib/pixels/image';
import { assertClose, at, photograph, run } from '../support';

describe('bilateral', () => {
  it('agrees with the definition of Tomasi and Manduchi', async () => {
    const frame = await photograph(60, 45);
    const image = asImage(frame);
    const [sigmaSpace, sigmaColour] = [1.5, 40];
    const reach = 2; // 1.5 standard deviations, rounded
    const expected: number[] = [];
    for (let y = 0; y < frame.height; y++) {
      for (let x = 0; x < frame.width; x++) {
        let weights = 0;
        const sums = [0, 0, 0];
        for (let dy = -reach; dy <= reach; dy++) {
          for (let dx = -reach; dx <= reach; dx++) {
            if (dx * dx + dy * dy > reach * reach) continue;
            const difference = [0, 1, 2].reduce(
              (sum, c) => sum + Math.abs(at(image, x + dx, y + dy, c) - at(image, x, y, c)),
              0,
            );
            const weight =
              Math.exp(-(dx * dx + dy * dy) / (2 * sigmaSpace ** 2)) *
              Math.exp(-(difference ** 2) / (2 * sigmaColour ** 2));
            weights += weight;
            sums.forEach((_, c) => (sums[c]! += weight * at(image, x + dx, y + dy, c)));
          }
        }
        expected.push(...sums.map((sum) => sum / weights));
      }
    }
    assertClose(run(frame, 'bilateral', { sigmaSpace, sigmaColour }).frame.data, expected, 1);
  });
});
