import assert from 'node:assert/strict';
import { asImage, createImage } from '../../../../lib/pixels/image';
import { gaussianBlur } from '../../../../lib/pixels/gaussian';
import { assertClose, frameOf, luminances, photograph, run } from '../support';

describe('sharpen', () => {
  it('adds the difference from the blurred luminance to every channel', async () => {
    const frame = await photograph(80, 60);
    const plane = createImage(80, 60, 1);
    luminances(frame).forEach((level, i) => (plane.data[i] = Math.round(level)));
    const blurred = createImage(80, 60, 1);
    gaussianBlur(plane, blurred, 1.5);
    const expected = Array.from(frame.data, (level, i) => {
      const before = plane.data[Math.floor(i / 3)]!;
      const difference = before - blurred.data[Math.floor(i / 3)]!;
      // A luminance ends at black and white, and so does a channel.
      const after = Math.min(255, Math.max(0, before + (Math.abs(difference) < 3 ? 0 : 1.8 * difference)));
      return Math.min(255, Math.max(0, level + after - before));
    });
    const { frame: result } = run(frame, 'sharpen', { radius: 1.5, amount: 180, threshold: 3 });
    // Rounding of the luminance may decide whether a difference reaches the threshold.
    const off = result.data.filter((level, i) => Math.abs(level - expected[i]!) > 3).length;
    assert.ok(off < 0.02 * expected.length, `${off} of ${expected.length}`);
  });

  it('leaves differences below the threshold', () => {
    const faint = frameOf(40, 30, (x) => (x < 20 ? [100, 100, 100] : [110, 110, 110]));
    assert.deepEqual(run(faint, 'sharpen', { threshold: 20, amount: 300 }).frame.data, faint.data);
  });

  it('changes nothing with amount 0', async () => {
    const frame = await photograph(50, 40);
    assertClose(run(frame, 'sharpen', { amount: 0 }).frame.data, asImage(frame).data, 0);
  });
});
