/** Pictures that were made, or damaged, so as to hold a decoder up: each gets an answer, and the next one is read. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { decodeImage } from '../../../lib/image/decode';
import { firstPicture } from '../../../lib/image/first-picture';
import { FULL_PIXELS } from '../../../lib/image/limits';
import { chunk, hugePng } from '../../support/images';

const SIDE = 48;
const flat = (width = SIDE, height = width): sharp.Sharp =>
  sharp({ create: { width, height, channels: 3, background: '#347' } });

/** The file with another size in its header, at the offset of the height: big-endian, 16 bits each. */
function claiming(jpeg: Buffer, marker: number, width: number, height: number): Buffer {
  const lying = Buffer.from(jpeg);
  const start = lying.indexOf(Buffer.from([0xff, marker]));
  lying.writeUInt16BE(height, start + 5);
  lying.writeUInt16BE(width, start + 7);
  return lying;
}

/** The JPEG with an application segment behind its first marker. */
function withSegment(jpeg: Buffer, marker: number, content: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, content, jpeg.subarray(2)]);
}

/** The PNG with chunks behind its header. */
function withChunks(png: Buffer, chunks: Buffer[]): Buffer {
  const headerEnd = 33;
  return Buffer.concat([png.subarray(0, headerEnd), ...chunks, png.subarray(headerEnd)]);
}

/** The TIFF (little-endian) with its first page so many times more. */
function withPages(tiff: Buffer, pages: number): Buffer {
  const at = tiff.readUInt32LE(4);
  const size = 2 + 12 * tiff.readUInt16LE(at) + 4;
  const directories = Buffer.alloc(pages * size);
  for (let page = 0; page < pages; page++) {
    tiff.copy(directories, page * size, at, at + size);
    const next = page < pages - 1 ? tiff.length + (page + 1) * size : 0;
    directories.writeUInt32LE(next, (page + 1) * size - 4);
  }
  const whole = Buffer.concat([tiff, directories]);
  whole.writeUInt32LE(tiff.length, at + size - 4);
  return whole;
}

describe('image: hostile pictures', () => {
  afterEach(async () => {
    const frame = await decodeImage(await flat().jpeg().toBuffer());
    assert.deepEqual([frame.width, frame.height], [SIDE, SIDE]);
  });

  it('scales down what is larger than is decoded in full, in its shape', async () => {
    const frame = await decodeImage(hugePng(12_000, 8_000));
    assert.ok(frame.width * frame.height <= FULL_PIXELS && frame.width * frame.height > 0.99 * FULL_PIXELS);
    assert.ok(Math.abs(frame.width / frame.height - 1.5) < 0.001);
  });

  it('decodes as large as it is what is just not too large', async () => {
    const frame = await decodeImage(hugePng(8192, 6144));
    assert.deepEqual([frame.width, frame.height], [8192, 6144]);
  });

  it('scales a large one to the size that was asked for', async () => {
    const frame = await decodeImage(hugePng(12_000, 8_000), {}, { width: 300 });
    assert.deepEqual([frame.width, frame.height], [300, 200]);
  });

  it('refuses what a decoder would have to hold in whole, by what its header claims', async () => {
    const progressive = await flat().jpeg({ progressive: true }).toBuffer();
    const refusal = (kind: string): object => ({
      code: 'IMAGE_TOO_LARGE',
      message: `The image is 10000 × 8000; at most 16384 pixels a side and 50 megapixels of ${kind} are decoded`,
    });
    await assert.rejects(
      decodeImage(claiming(progressive, 0xc2, 10_000, 8_000)),
      refusal('progressive JPEG'),
    );
    const png = await flat().png({ progressive: true }).toBuffer();
    const header = Buffer.from(png.subarray(16, 29));
    header.writeUInt32BE(10_000, 0);
    header.writeUInt32BE(8_000, 4);
    const interlaced = Buffer.concat([png.subarray(0, 8), chunk('IHDR', header), png.subarray(33)]);
    await assert.rejects(decodeImage(interlaced), refusal('progressive PNG'));
    const webp = await flat().webp({ lossless: true }).toBuffer();
    // VP8L: 14 bits of width - 1, then 14 of height - 1.
    const sizeAt = webp.indexOf('VP8L') + 9;
    webp.writeUInt32LE((((7_999 << 14) | 9_999) + (webp.readUInt32LE(sizeAt) & 0xf0000000)) >>> 0, sizeAt);
    await assert.rejects(decodeImage(webp), refusal('WebP'));
  });

  it('refuses sides that no camera has', async () => {
    const baseline = await flat().jpeg().toBuffer();
    for (const [width, height] of [
      [65_500, 65_500],
      [65_500, 1],
      [1, 65_500],
    ] as const) {
      await assert.rejects(decodeImage(claiming(baseline, 0xc0, width, height)), {
        code: 'IMAGE_TOO_LARGE',
        message: new RegExp(`^The image is ${width} × ${height}; at most 16384 pixels a side`),
      });
    }
    await assert.rejects(decodeImage(await flat(100_000, 1).png().toBuffer()), { code: 'IMAGE_TOO_LARGE' });
  });

  it('refuses a JPEG that claims to be far larger than it is', async () => {
    const baseline = await flat().jpeg().toBuffer();
    await assert.rejects(decodeImage(claiming(baseline, 0xc0, 4000, 3000)), { code: 'IMAGE_UNREADABLE' });
  });

  it('reads pictures one pixel high or wide', async () => {
    for (const [width, height] of [
      [16_384, 1],
      [1, 16_384],
    ] as const) {
      const frame = await decodeImage(await flat(width, height).png().toBuffer());
      assert.deepEqual([frame.width, frame.height], [width, height]);
    }
  });

  it('reads past profiles and EXIF data that are garbage', async () => {
    const jpeg = await flat().jpeg().toBuffer();
    const garbage = [
      withSegment(jpeg, 0xe1, Buffer.concat([Buffer.from('Exif\0\0'), randomBytes(60_000)])),
      withSegment(
        jpeg,
        0xe2,
        Buffer.concat([Buffer.from('ICC_PROFILE\0\x01\x01'), Buffer.alloc(5000, 0x5a)]),
      ),
      withSegment(
        jpeg,
        0xe1,
        Buffer.concat([Buffer.from('Exif\0\0II*\0\x08\0\0\0'), Buffer.alloc(60_000, 0x12)]),
      ),
    ];
    for (const file of garbage) {
      const frame = await decodeImage(file);
      assert.deepEqual([frame.width, frame.height], [SIDE, SIDE]);
    }
  });

  it('reads a PNG without unpacking what else is in it', async () => {
    const png = await flat().png().toBuffer();
    const packed = deflateSync(Buffer.alloc(20 << 20));
    const text = chunk('zTXt', Buffer.concat([Buffer.from('key\0\0'), packed]));
    const file = withChunks(png, [
      text,
      chunk('tEXt', Buffer.from('a\0b')),
      text,
      chunk('iTXt', Buffer.from('a\0')),
    ]);
    assert.deepEqual(firstPicture(file, 'PNG'), png);
    assert.equal((await decodeImage(file)).width, SIDE);
    const profile = chunk('iCCP', Buffer.concat([Buffer.from('x\0\0'), packed]));
    assert.equal((await decodeImage(withChunks(png, [profile]))).width, SIDE);
  });

  it('leaves a PNG without texts, a cut one and one with a wrong length as they are', async () => {
    const png = await flat().png().toBuffer();
    const wrong = Buffer.from(png);
    wrong.writeUInt32BE(0xffffffff, 33);
    for (const file of [png, png.subarray(0, 40), png.subarray(0, 8), wrong])
      assert.equal(firstPicture(file, 'PNG'), file);
  });

  it('reads the first page of a TIFF whatever follows, in a circle too', async () => {
    const tiff = await flat().tiff({ compression: 'none' }).toBuffer();
    const many = withPages(tiff, 50_000);
    const circle = Buffer.from(tiff);
    const at = tiff.readUInt32LE(4);
    circle.writeUInt32LE(at, at + 2 + 12 * tiff.readUInt16LE(at));
    assert.deepEqual(firstPicture(circle, 'TIFF'), tiff);
    assert.equal(firstPicture(tiff, 'TIFF'), tiff);
    for (const file of [many, circle]) {
      assert.equal((await sharp(firstPicture(file, 'TIFF')).metadata()).pages ?? 1, 1);
      assert.equal((await decodeImage(file)).width, SIDE);
    }
    const lost = Buffer.from(tiff);
    lost.writeUInt32LE(0xfffffff0, 4);
    await assert.rejects(decodeImage(lost), { code: 'IMAGE_UNREADABLE' });
  });

  it('leaves out the second page of big-endian and of large-offset TIFFs', () => {
    const classic = Buffer.from('4d4d002a00000008' + '0000' + '00000063', 'hex');
    assert.equal(Buffer.from(firstPicture(classic, 'TIFF')).toString('hex', 10), '00000000');
    const big = Buffer.from(
      '49492b0008000000' + '1000000000000000' + '0000000000000000' + '6300000000000000',
      'hex',
    );
    assert.equal(Buffer.from(firstPicture(big, 'TIFF')).toString('hex', 24), '0000000000000000');
  });

  it('takes the first of thousands of frames of a GIF', async () => {
    const gif = await flat().gif().toBuffer();
    const control = gif.indexOf(Buffer.from([0x21, 0xf9]));
    const frame = gif.subarray(control, -1);
    const frames = Array.from({ length: 5000 }, () => frame);
    const { width, height } = await decodeImage(
      Buffer.concat([gif.subarray(0, control), ...frames, Buffer.from([0x3b])]),
    );
    assert.deepEqual([width, height], [SIDE, SIDE]);
  });
});
