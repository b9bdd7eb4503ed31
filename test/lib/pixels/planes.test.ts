import assert from 'node:assert/strict';
import { createFrame } from '../../../lib/image/frame';
import { writePlanes } from '../../../lib/pixels/planes';

describe('image: planes for a network', () => {
  for (const width of [8, 5])
    for (const colour of ['RGB', 'BGR'] as const)
      for (const mirror of [false, true]) {
        it(`writes ${colour} of ${width} × 3 pixels${mirror ? ', mirrored' : ''}`, () => {
          const height = 3;
          const frame = createFrame(width, height);
          frame.data.forEach((_, index) => (frame.data[index] = (index * 37) & 255));
          const target = new Float32Array(3 * width * height);
          writePlanes(frame, { colour, mirror, mean: 127.5, scale: 1 / 128 }, target);
          const expected = Float32Array.from(target, (_, index) => {
            const plane = Math.floor(index / (width * height));
            const channel = colour === 'RGB' ? plane : 2 - plane;
            const y = Math.floor(index / width) % height;
            const x = mirror ? width - 1 - (index % width) : index % width;
            return (frame.data[(y * width + x) * 3 + channel]! - 127.5) / 128;
          });
          assert.deepEqual(target, expected);
        });
      }

  it('subtracts a mean of each plane where there are three', () => {
    const frame = createFrame(2, 1);
    frame.data.set([10, 20, 30, 40, 50, 60]);
    const target = new Float32Array(6);
    writePlanes(frame, { colour: 'BGR', mirror: false, mean: [1, 2, 3], scale: 2 }, target);
    assert.deepEqual([...target], [58, 118, 36, 96, 14, 74]);
  });
});
