import assert from 'node:assert/strict';
import { openSetThreshold } from '../../../lib/gallery/open-set-threshold';
import { embedModels, readManifest } from '../../../lib/models/manifest';

describe('openSetThreshold', () => {
  const curve = [
    { rate: 1e-2, similarity: 0.2 },
    { rate: 1e-3, similarity: 0.3 },
    { rate: 1e-4, similarity: 0.5 },
  ];
  /** Samples with which a false accept rate gives 1 stranger in 100 a name. */
  const samplesAt = (rate: number): number => Math.log(0.99) / Math.log(1 - rate);
  const assertClose = (a: number, b: number): void => assert.ok(Math.abs(a - b) < 1e-9, `${a}, not ${b}`);

  it('takes the similarity at which one comparison in so many may err', () => {
    assertClose(openSetThreshold(curve, 1), 0.2);
    assertClose(openSetThreshold(curve, samplesAt(1e-3)), 0.3);
    assertClose(openSetThreshold(curve, samplesAt(1e-4)), 0.5);
  });

  it('goes straight on in the logarithm of the rate between the points and behind the last', () => {
    assertClose(openSetThreshold(curve, samplesAt(Math.sqrt(1e-3 * 1e-4))), 0.4);
    assertClose(openSetThreshold(curve, samplesAt(1e-5)), 0.7);
    assert.equal(openSetThreshold(curve, samplesAt(1e-9)), 1);
  });

  it('rises with the gallery, for every network that is shipped', () => {
    for (const { falseAcceptRates, threshold } of embedModels(readManifest())) {
      const raised = [1, 10, 100, 1000, 10_000, 1e6].map((samples) =>
        openSetThreshold(falseAcceptRates!, samples),
      );
      raised.reduce((before, value) => {
        assert.ok(value > before, raised.join(' '));
        return value;
      });
      assert.ok(raised.at(-1)! < 0.9);
      // The default is that of 1 in 1000, which is right for ten samples.
      assert.ok(Math.abs(raised[1]! - threshold!) < 0.01);
    }
  });
});
