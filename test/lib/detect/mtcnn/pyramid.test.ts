import assert from 'node:assert/strict';
import { createFrame, type Frame } from '../../../../lib/image/frame';
import { Pyramid, pyramidSizes } from '../../../../lib/detect/mtcnn/pyramid';

/** Red grows to the right, green grows downwards, blue is constant: where a crop came from can be read off. */
function gradient(width: number, height: number): Frame {
  const frame = createFrame(width, height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) frame.data.set([x, y, 77], (y * width + x) * 3);
  return frame;
}

const square = (x1: number, y1: number, side: number) => ({ x1, y1, x2: x1 + side, y2: y1 + side, score: 1 });

/** What a crop of a linear picture must be: at output pixel (u, v) the coordinate of its centre. */
function assertGradient(
  crop: Float32Array,
  x1: number,
  y1: number,
  side: number,
  size: number,
  tolerance: number,
): void {
  for (let v = 0; v < size; v++)
    for (let u = 0; u < size; u++) {
      const at = v * size + u;
      const expected = [x1 + ((u + 0.5) * side) / size - 0.5, y1 + ((v + 0.5) * side) / size - 0.5, 77];
      expected.forEach((value, c) => {
        const actual = crop[c * size * size + at]!;
        assert.ok(Math.abs(actual - value) <= tolerance, `channel ${c} at ${u}, ${v}: ${actual} ≠ ${value}`);
      });
    }
}

describe('mtcnn: pyramid', () => {
  it('has levels in which the smallest face is 12 pixels and the smallest level holds one window', () => {
    const sizes = pyramidSizes({ width: 240, height: 120 }, 24, 0.5);
    assert.deepEqual(sizes, [
      { width: 120, height: 60 },
      { width: 60, height: 30 },
      { width: 30, height: 15 },
    ]);
    assert.deepEqual(pyramidSizes({ width: 19, height: 19 }, 20, 0.709), []);
  });

  it('averages every level from the one before', () => {
    const levels = new Pyramid().build(gradient(200, 100), 24, 0.5);
    const [first, second] = levels;
    // Pixel x of a halved gradient is the mean of 2x and 2x + 1; of one halved twice, of 4x … 4x + 3.
    assert.equal(first!.strips[0]!.data[10], 20.5);
    assert.equal(second!.strips[0]!.data[10], 41.5);
    assert.equal(second!.strips[0]!.data[2 * second!.width * second!.height], 77);
  });

  it('crops where it is told, enlarging and shrinking', () => {
    const pyramid = new Pyramid();
    pyramid.build(gradient(250, 200), 20, 0.709);
    assertGradient(pyramid.crop([square(30, 40, 12)], 24), 30, 40, 12, 24, 0.02);
    assertGradient(pyramid.crop([square(31.3, 40.7, 24)], 24), 31.3, 40.7, 24, 24, 0.02);
    assertGradient(pyramid.crop([square(50, 60, 100)], 24), 50, 60, 100, 24, 1);
    assertGradient(pyramid.crop([square(10, 10, 180)], 48), 10, 10, 180, 48, 1);
  });

  it('puts several crops one after the other', () => {
    const pyramid = new Pyramid();
    pyramid.build(gradient(250, 200), 20, 0.709);
    const crops = pyramid.crop([square(0, 0, 24), square(100, 100, 24)], 24);
    assert.equal(crops.length, 2 * 3 * 24 * 24);
    assertGradient(crops.subarray(3 * 24 * 24), 100, 100, 24, 24, 0.02);
  });

  it('is black outside the frame', () => {
    const pyramid = new Pyramid();
    pyramid.build(gradient(100, 100), 20, 0.709);
    const crop = pyramid.crop([square(-24, -24, 48)], 24);
    const blue = crop.subarray(2 * 24 * 24);
    assert.equal(blue[0], 0);
    assert.equal(blue[11 * 24 + 11], 0);
    assert.equal(blue[13 * 24 + 13], 77);
    assert.ok(pyramid.crop([square(1000, 1000, 48)], 24).every((value) => value === 0));
  });

  it('does not mix frames of different sizes', () => {
    const pyramid = new Pyramid();
    pyramid.build(gradient(250, 200), 20, 0.709);
    pyramid.build(gradient(64, 48), 20, 0.709);
    const reused = pyramid.build(gradient(250, 200), 20, 0.709).map(({ strips }) => strips[0]!.data.slice());
    const fresh = new Pyramid().build(gradient(250, 200), 20, 0.709);
    fresh.forEach(({ strips }, index) => assert.deepEqual(reused[index], strips[0]!.data));
  });

  it('starts anew after a frame that there was no memory for', () => {
    const pyramid = new Pyramid();
    const small = gradient(250, 200);
    const expected = pyramid.build(small, 20, 0.709).map(({ strips }) => strips[0]!.data.slice());
    const { prototype } = WebAssembly.Memory;
    const grow = Object.getOwnPropertyDescriptor(prototype, 'grow')!;
    const refuse = (): never => {
      throw new RangeError('WebAssembly.Memory.grow(): Unable to grow instance memory');
    };
    Object.defineProperty(prototype, 'grow', { ...grow, value: refuse });
    try {
      assert.throws(() => pyramid.build(createFrame(3000, 2000), 20, 0.709), {
        code: 'IMAGE_TOO_LARGE',
        status: 'out of memory',
        message: /^The image needs \d+ MB of memory, more than can be had$/,
      });
      assert.throws(() => pyramid.build(createFrame(3000, 2000), 20, 0.709), { code: 'IMAGE_TOO_LARGE' });
      // The former size needs no more memory than there is.
      const again = pyramid.build(small, 20, 0.709).map(({ strips }) => strips[0]!.data.slice());
      assert.deepEqual(again, expected);
    } finally {
      Object.defineProperty(prototype, 'grow', grow);
    }
    assert.ok(pyramid.build(createFrame(3000, 2000), 20, 0.709).length > 0);
    assertGradient(cropAfter(pyramid, small), 30, 40, 12, 24, 0.02);
  });

  it('gives the memory of a huge frame back and goes on', () => {
    const pyramid = new Pyramid();
    const small = gradient(250, 200);
    pyramid.build(createFrame(8000, 6000), 400, 0.709);
    pyramid.trim();
    assertGradient(cropAfter(pyramid, small), 30, 40, 12, 24, 0.02);
    pyramid.trim();
    assertGradient(pyramid.crop([square(30, 40, 12)], 24), 30, 40, 12, 24, 0.02);
  });
});

function cropAfter(pyramid: Pyramid, frame: Frame): Float32Array {
  pyramid.build(frame, 20, 0.709);
  return pyramid.crop([square(30, 40, 12)], 24);
}
