import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VideoSource } from '../../../../lib/video/source/video-source';
import { decodersFor, numberedJpeg, testFolder } from '../support';

/** A JPEG that declares the shape of its pixels, in the JFIF header, as FFmpeg writes and reads it. */
async function withShape(horizontal: number, vertical: number): Promise<Buffer> {
  const jpeg = await numberedJpeg(3, 80, 60);
  const header = Buffer.from('ffe000104a46494600010100000000000000', 'hex');
  header.writeUInt16BE(horizontal, 12);
  header.writeUInt16BE(vertical, 14);
  return Buffer.concat([jpeg.subarray(0, 2), header, jpeg.subarray(2)]);
}

describe('square pixels', () => {
  const folder = testFolder();
  const clip = join(folder.path, 'clip.mjpeg');
  after(() => folder.remove());

  type Size = readonly [number, number];
  const cases: readonly [string, Size, { width?: number; height?: number }, Size][] = [
    ['square ones stay', [1, 1], {}, [80, 60]],
    ['wide ones make the picture wider', [16, 9], {}, [142, 60]],
    ['the narrow ones of half a field make it higher', [1, 2], {}, [80, 120]],
    ['with a width, the height follows', [2, 1], { width: 40 }, [40, 15]],
    ['with a height, the width follows', [2, 1], { height: 30 }, [80, 30]],
    ['two given sides are those of the picture', [2, 1], { width: 32, height: 32 }, [32, 32]],
    ['a broken shape means square', [0, 1], {}, [80, 60]],
    ['so does one that no camera has', [1, 1000], { width: 40 }, [40, 30]],
    ['and one that is rounded', [676, 675], {}, [80, 60]],
  ];
  async function sizeOf(decoderPath: string, shape: Size, limit: object): Promise<unknown[]> {
    writeFileSync(clip, await withShape(...shape));
    const input = { kind: 'file', path: clip, pace: 'flow' } as const;
    const source = new VideoSource({ input, decoderPath, ...limit });
    await source.start();
    const frame = await source.take();
    await source.close();
    return [frame?.width, frame?.height];
  }

  for (const [name, shape, limit, expected] of cases) {
    it(`${name} (${shape.join(':')})`, async function () {
      const [decoder] = await decodersFor(this);
      assert.deepEqual(await sizeOf(decoder!, shape, limit), expected);
    });
  }

  it('are made by every decoder', async function () {
    for (const decoder of await decodersFor(this))
      assert.deepEqual(await sizeOf(decoder, [4, 3], { height: 30 }), [53, 30], decoder);
  });
});
