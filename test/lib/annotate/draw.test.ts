import assert from 'node:assert/strict';
import { drawMask, drawRoundedBox } from '../../../lib/annotate/draw';
import type { Rgb } from '../../../lib/annotate/colour';
import { createFrame, type Frame } from '../../../lib/image/frame';

const RED: Rgb = [200, 20, 30];
const OPAQUE = { colour: RED, opacity: 1 };

function greyFrame(width: number, height: number): Frame {
  const frame = createFrame(width, height);
  frame.data.fill(100);
  return frame;
}

function pixel({ data, width }: Frame, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
}

/** The frame as text: # painted in full, . untouched, + between. */
function picture(frame: Frame): string[] {
  return Array.from({ length: frame.height }, (_, y) =>
    Array.from({ length: frame.width }, (_, x) => {
      const red = pixel(frame, x, y)[0]!;
      return red === RED[0] ? '#' : red === 100 ? '.' : '+';
    }).join(''),
  );
}

describe('drawRoundedBox', () => {
  it('fills a box on whole pixels with crisp edges', () => {
    const frame = greyFrame(6, 5);
    drawRoundedBox(frame, { x: 1, y: 1, width: 4, height: 3 }, { radius: 0, paint: OPAQUE });
    assert.deepEqual(picture(frame), ['......', '.####.', '.####.', '.####.', '......']);
    assert.deepEqual(pixel(frame, 2, 2), [...RED]);
  });

  it('outlines inside the edge and leaves the middle', () => {
    const frame = greyFrame(10, 9);
    drawRoundedBox(frame, { x: 1, y: 1, width: 8, height: 7 }, { radius: 0, paint: OPAQUE, lineWidth: 2 });
    assert.deepEqual(picture(frame), [
      '..........',
      '.########.',
      '.########.',
      '.##....##.',
      '.##....##.',
      '.##....##.',
      '.########.',
      '.########.',
      '..........',
    ]);
  });

  it('rounds corners softly and symmetrically', () => {
    const frame = greyFrame(12, 12);
    drawRoundedBox(frame, { x: 1, y: 1, width: 10, height: 10 }, { radius: 4, paint: OPAQUE });
    const rows = picture(frame);
    assert.equal(rows[1]![1], '.');
    assert.ok(rows.join('').includes('+'));
    assert.deepEqual(rows, rows.toReversed());
    assert.deepEqual(
      rows,
      rows.map((row) => row.split('').reverse().join('')),
    );
  });

  it('covers long sides, corners and the middle as one shape', () => {
    const frame = greyFrame(60, 50);
    const rim = { colour: [0, 0, 0] as const, opacity: 1, width: 1 };
    const box = { x: 3, y: 2, width: 52, height: 46 };
    drawRoundedBox(frame, box, { radius: 5, paint: OPAQUE, lineWidth: 2, rim });
    const rows = picture(frame).map((row) => row.replaceAll('+', '.'));
    assert.equal(rows[25], `${'.'.repeat(3)}##${'.'.repeat(48)}##${'.'.repeat(5)}`);
    assert.equal(rows[2], `${'.'.repeat(8)}${'#'.repeat(42)}${'.'.repeat(10)}`);
    for (let y = 8; y < 42; y++) {
      assert.equal(rows[y], rows[25]);
      assert.deepEqual(
        [2, 3, 4, 5, 6].map((x) => pixel(frame, x, y)[0]),
        [0, RED[0], RED[0], 0, 100],
      );
    }
    for (let x = 9; x < 49; x++)
      assert.deepEqual(
        [1, 2, 3, 4, 5].map((y) => pixel(frame, x, y)[0]),
        [0, RED[0], RED[0], 0, 100],
      );
  });

  it('draws a rim outside of the shape', () => {
    const frame = greyFrame(7, 7);
    const rim = { colour: [0, 0, 0] as const, opacity: 0.5, width: 1 };
    drawRoundedBox(frame, { x: 2, y: 2, width: 3, height: 3 }, { radius: 0, paint: OPAQUE, rim });
    assert.deepEqual(pixel(frame, 1, 3), [50, 50, 50]);
    assert.deepEqual(pixel(frame, 2, 3), [...RED]);
    assert.deepEqual(pixel(frame, 0, 3), [100, 100, 100]);
  });

  it('keeps the rim out of a translucent shape', () => {
    const frame = greyFrame(7, 7);
    const rim = { colour: [0, 0, 0] as const, opacity: 1, width: 1 };
    const paint = { colour: RED, opacity: 0.5 };
    drawRoundedBox(frame, { x: 2, y: 2, width: 3, height: 3 }, { radius: 0, paint, rim });
    assert.deepEqual(pixel(frame, 3, 3), [150, 60, 65]);
  });

  it('mixes by opacity', () => {
    const frame = greyFrame(3, 3);
    drawRoundedBox(
      frame,
      { x: 0, y: 0, width: 3, height: 3 },
      { radius: 0, paint: { colour: RED, opacity: 0.5 } },
    );
    assert.deepEqual(pixel(frame, 1, 1), [150, 60, 65]);
  });

  it('keeps what lies within the frame of a box that reaches beyond it', () => {
    const frame = greyFrame(4, 4);
    drawRoundedBox(frame, { x: -2, y: -2, width: 4, height: 4 }, { radius: 0, paint: OPAQUE });
    assert.deepEqual(picture(frame), ['##..', '##..', '....', '....']);
  });

  for (const box of [
    { x: 10, y: 0, width: 5, height: 5 },
    { x: -1e6, y: -1e6, width: 10, height: 10 },
    { x: 0, y: 1e6, width: 1e6, height: 1e6 },
  ]) {
    it(`draws nothing of a box outside, at ${box.x}, ${box.y}`, () => {
      const frame = greyFrame(4, 4);
      drawRoundedBox(frame, box, { radius: 3, paint: OPAQUE, lineWidth: 2 });
      assert.ok(frame.data.every((value) => value === 100));
    });
  }
});

describe('drawMask', () => {
  const mask = { coverage: Uint8Array.of(255, 0, 51, 255), width: 2, height: 2 };

  it('mixes the colour in by coverage', () => {
    const frame = greyFrame(3, 3);
    drawMask(frame, mask, 1, 0, RED);
    assert.deepEqual(pixel(frame, 1, 0), [...RED]);
    assert.deepEqual(pixel(frame, 2, 0), [100, 100, 100]);
    assert.deepEqual(pixel(frame, 1, 1), [120, 84, 86]);
  });

  it('clips at every border', () => {
    for (const [x, y] of [
      [-1, -1],
      [2, 2],
      [-5, 0],
      [0, 9],
    ] as const) {
      const frame = greyFrame(3, 3);
      drawMask(frame, mask, x, y, RED);
      const inside = x >= -1 && y >= -1 && x < 3 && y < 3;
      assert.equal(picture(frame).join('').includes('#'), inside, `at ${x}, ${y}`);
    }
  });
});
