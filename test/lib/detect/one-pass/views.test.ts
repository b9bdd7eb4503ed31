import assert from 'node:assert/strict';
import { levelsOf, OVERLAP } from '../../../../lib/detect/one-pass/views';

const INPUT = { width: 320, height: 240 };

describe('one pass: views of a frame', () => {
  it('shows the whole frame alone where the smallest face is large enough then', () => {
    const whole = [{ width: 320, height: 180, tiles: [{ x: 0, y: 0 }] }];
    assert.deepEqual(levelsOf({ width: 1280, height: 720 }, INPUT, 10, 40), whole);
    assert.deepEqual(levelsOf({ width: 1280, height: 720 }, INPUT, 10, 400), whole);
  });

  it('fills the input with a small frame, and shows one of a single pixel', () => {
    assert.deepEqual(levelsOf({ width: 64, height: 64 }, INPUT, 10, 12), [
      { width: 240, height: 240, tiles: [{ x: 0, y: 0 }] },
    ]);
    assert.deepEqual(levelsOf({ width: 4000, height: 1 }, INPUT, 10, 4000)[0], {
      ...{ width: 320, height: 1, tiles: [{ x: 0, y: 0 }] },
    });
  });

  it('adds levels of twice the size until the smallest face is large enough, and never beyond the frame', () => {
    const sizes = (minFaceSize: number, smallest = 10) =>
      levelsOf({ width: 1920, height: 1080 }, INPUT, smallest, minFaceSize).map(({ width }) => width);
    assert.deepEqual(sizes(60), [320]);
    assert.deepEqual(sizes(30), [320, 640]);
    assert.deepEqual(sizes(15), [320, 640, 1280]);
    assert.deepEqual(sizes(12, 100), [320, 640, 1280, 1920]);
  });

  it('covers a level with tiles that share what a face may measure', () => {
    const [, level] = levelsOf({ width: 1280, height: 720 }, INPUT, 10, 20);
    const { width, height, tiles } = level!;
    assert.deepEqual([width, height], [640, 360]);
    for (const [axis, length, window] of [
      ['x', width, INPUT.width],
      ['y', height, INPUT.height],
    ] as const) {
      const starts = [...new Set(tiles.map((tile) => tile[axis]))].sort((a, b) => a - b);
      assert.equal(starts[0], 0);
      assert.equal(starts.at(-1)! + window, length);
      starts.slice(1).forEach((start, index) => assert.ok(starts[index]! + window - start >= OVERLAP));
    }
  });
});
