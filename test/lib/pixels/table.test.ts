import assert from 'node:assert/strict';
import { channelHistograms, extremeHistograms, luminanceHistogram } from '../../../lib/pixels/histogram';
import { luminancePlane } from '../../../lib/pixels/luminance';
import { applyTables, tableOf } from '../../../lib/pixels/table';
import { randomFrame } from '../preprocess/support';

/** As small as can be, odd, and more pixels than a band holds. */
const SIZES = [
  [1, 1],
  [7, 3],
  [211, 173],
] as const;

function countsOf(levels: Iterable<number>): number[] {
  const counts = new Array<number>(256).fill(0);
  for (const level of levels) counts[level]!++;
  return counts;
}

describe('tables', () => {
  for (const [width, height] of SIZES) {
    it(`look up every channel of ${width} × ${height} pixels in its own table`, () => {
      const frame = randomFrame(width, height);
      const tables = [
        tableOf((level) => 255 - level),
        tableOf((level) => level / 2),
        tableOf((level) => level + 9),
      ] as const;
      const expected = frame.data.map((level, i) => tables[i % 3]![level]!);
      const target = { ...frame, data: new Uint8Array(frame.data.length) };
      applyTables(frame, target, tables);
      assert.deepEqual(target.data, expected);
      applyTables(frame, frame, tables);
      assert.deepEqual(frame.data, expected);
    });
  }
});

describe('histograms', () => {
  for (const [width, height] of SIZES) {
    it(`count every pixel of ${width} × ${height}`, () => {
      const frame = randomFrame(width, height);
      const pixels = Array.from({ length: width * height }, (_, i) => [
        ...frame.data.subarray(3 * i, 3 * i + 3),
      ]);
      channelHistograms(frame).forEach((histogram, channel) =>
        assert.deepEqual([...histogram], countsOf(pixels.map((pixel) => pixel[channel]!))),
      );
      const { strongest, weakest } = extremeHistograms(frame);
      assert.deepEqual([...strongest], countsOf(pixels.map((pixel) => Math.max(...pixel))));
      assert.deepEqual([...weakest], countsOf(pixels.map((pixel) => Math.min(...pixel))));
      assert.deepEqual([...luminanceHistogram(frame)], countsOf(luminancePlane(frame).data));
    });
  }

  it('count each third row when told to', () => {
    const frame = randomFrame(50, 10);
    const rows = [0, 3, 6, 9].flatMap((y) => [...frame.data.subarray(y * 150, (y + 1) * 150)]);
    const [red] = channelHistograms(frame, 3);
    assert.deepEqual([...red], countsOf(rows.filter((_, i) => i % 3 === 0)));
  });
});
