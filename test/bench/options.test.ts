import assert from 'node:assert/strict';
import { parseOptions, parseSize, sizeText, UsageError } from '../../bench/options';

describe('bench: options', () => {
  it('measures three sizes in full unless told otherwise', () => {
    const { json, peers, photos, sizes, plan } = parseOptions([]);
    assert.deepEqual([json, peers, photos], [false, false, undefined]);
    assert.deepEqual(sizes.map(sizeText), ['640x360', '1280x720', '1920x1080']);
    assert.equal(plan.enduranceFrames, 2000);
    assert.deepEqual(plan.galleries, [1_000, 10_000, 100_000, 1_000_000]);
  });

  it('takes sizes, photographs and a quick plan', () => {
    const options = parseOptions(['--sizes', '64x48, 100x80', '--photos', 'here', '--quick', '--json']);
    assert.deepEqual(options.sizes, [
      { width: 64, height: 48 },
      { width: 100, height: 80 },
    ]);
    assert.equal(options.photos, 'here');
    assert.ok(options.json && options.plan.enduranceFrames < 100);
  });

  it('takes peers beside the rest, or alone', () => {
    const flags = (...args: string[]) => {
      const { peers, peersOnly } = parseOptions(args);
      return [peers, peersOnly];
    };
    assert.deepEqual(flags(), [false, false]);
    assert.deepEqual(flags('--peers'), [true, false]);
    assert.deepEqual(flags('--peers-only'), [true, true]);
    assert.equal(parseOptions(['--truth', 'photos.json']).truth, 'photos.json');
  });

  for (const text of ['1280', '1280x', 'x720', '0x720', '1280x720x3', '99999x10', '-1x5', '']) {
    it(`refuses the size "${text}"`, () => {
      assert.throws(
        () => parseSize(text),
        (error: Error) =>
          error instanceof UsageError &&
          error.message === `Expected sizes such as 1280x720 for --sizes but received "${text}"`,
      );
    });
  }

  it('refuses options that it does not know', () => {
    assert.throws(() => parseOptions(['--fast']), {
      message: /--fast/,
    });
  });
});
