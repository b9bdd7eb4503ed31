import { asImage, createImage } from '../../../lib/pixels/image';
import { bring, PLANE_AT, RESULT_AT, type Band } from '../../../lib/pixels/bands';
import { luminancePlane, replaceLuminance } from '../../../lib/pixels/luminance';
import { assertClose, luminances, randomFrame } from '../preprocess/support';

/** Sizes around the 16 pixels of a turn and the pixels of a piece. */
const SIZES = [
  [1, 1],
  [5, 3],
  [16, 1],
  [17, 3],
  [300, 250],
] as const;

describe('luminance', () => {
  for (const [width, height] of SIZES) {
    it(`is that of Rec. 601, ${width} × ${height}`, () => {
      const frame = randomFrame(width, height);
      assertClose(luminancePlane(frame).data, luminances(frame), 1);
    });

    it(`is replaced, and colours are scaled, ${width} × ${height}`, () => {
      const frame = randomFrame(width, height);
      const before = luminancePlane(frame);
      const after = { ...before, data: randomFrame(width, height, 10, 240).data.slice(0, width * height) };
      for (const colour of [0, 0.4, 1, 3, 20]) {
        const expected = Array.from(frame.data, (level, i) => {
          const pixel = Math.floor(i / 3);
          return Math.min(255, Math.max(0, after.data[pixel]! + colour * (level - before.data[pixel]!)));
        });
        const target = createImage(width, height, 3);
        const relight = ({ start, pixels }: Band): number => {
          bring(after, start, pixels, RESULT_AT);
          return RESULT_AT;
        };
        replaceLuminance(frame, { ...frame, data: target.data }, relight, colour);
        // The factor is taken in 1/256.
        assertClose(target.data, expected, colour === 1 ? 0 : 1.01);
      }
    });
  }

  it('may be replaced in place', () => {
    const frame = randomFrame(20, 20);
    const copy = asImage({ ...frame, data: frame.data.slice() });
    replaceLuminance(frame, frame, () => PLANE_AT);
    assertClose(frame.data, copy.data, 0);
  });
});
