import assert from 'node:assert/strict';
import sharp from 'sharp';
import { decodeImage } from '../../../lib/image/decode';
import { encodeFrame } from '../../../lib/image/encode';
import type { Frame } from '../../../lib/image/frame';
import { toImageBytes } from '../../../lib/image/input';
import { hugePng } from '../../support/images';

/** Left half red, right half blue: orientation and colour order both show. */
const WIDTH = 64;
const HEIGHT = 32;
const halves = Buffer.alloc(WIDTH * HEIGHT * 3);
for (let i = 0; i < WIDTH * HEIGHT; i++) halves[i * 3 + (i % WIDTH < WIDTH / 2 ? 0 : 2)] = 255;
const picture = () => sharp(halves, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });

function colourAt({ data, width }: Frame, x: number, y: number): number[] {
  const at = (y * width + x) * 3;
  return [...data.subarray(at, at + 3)];
}

function assertNear(actual: number[], expected: number[], tolerance = 30): void {
  actual.forEach((value, index) =>
    assert.ok(Math.abs(value - expected[index]!) <= tolerance, `${actual.join()} ≠ ${expected.join()}`),
  );
}

describe('image: decoding', () => {
  const formats: Record<string, () => Promise<Buffer>> = {
    jpeg: () => picture().jpeg({ quality: 95 }).toBuffer(),
    png: () => picture().png().toBuffer(),
    webp: () => picture().webp({ lossless: true }).toBuffer(),
    gif: () => picture().gif().toBuffer(),
    avif: () => picture().avif({ quality: 90 }).toBuffer(),
    tiff: () => picture().tiff().toBuffer(),
    'png with 16 bits': () => picture().toColourspace('rgb16').png().toBuffer(),
    'jpeg in CMYK': () => picture().toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer(),
    'png with alpha': () => picture().ensureAlpha().png().toBuffer(),
  };
  for (const [name, encode] of Object.entries(formats)) {
    it(`reads ${name}`, async () => {
      const frame = await decodeImage(await encode());
      assert.deepEqual([frame.width, frame.height, frame.data.length], [WIDTH, HEIGHT, WIDTH * HEIGHT * 3]);
      assertNear(colourAt(frame, 8, 16), [255, 0, 0], name.includes('CMYK') ? 80 : 30);
      assertNear(colourAt(frame, 56, 16), [0, 0, 255], name.includes('CMYK') ? 120 : 30);
    });
  }

  it('spreads grey over three channels', async () => {
    const grey = await sharp(halves, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
      .greyscale()
      .png()
      .toBuffer();
    const [red, green, blue] = colourAt(await decodeImage(grey), 8, 8);
    assert.ok(red === green && green === blue && red! > 0);
  });

  it('reads 16-bit grey', async () => {
    const grey = await picture().toColourspace('grey16').png().toBuffer();
    const [red, green, blue] = colourAt(await decodeImage(grey), 8, 8);
    assert.ok(red === green && green === blue && red! > 20 && red! < 200);
  });

  it('lays transparent pixels over white', async () => {
    const clear = await sharp({
      create: { width: 4, height: 4, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    })
      .png()
      .toBuffer();
    assert.deepEqual(colourAt(await decodeImage(clear), 1, 1), [255, 255, 255]);
  });

  it('takes the first frame of an animated GIF', async () => {
    const frames = Buffer.concat([halves, Buffer.alloc(halves.length, 255)]);
    const gif = await sharp(frames, {
      raw: { width: WIDTH, height: HEIGHT * 2, channels: 3, pageHeight: HEIGHT },
    })
      .gif()
      .toBuffer();
    const frame = await decodeImage(gif);
    assert.deepEqual([frame.width, frame.height], [WIDTH, HEIGHT]);
    assertNear(colourAt(frame, 8, 16), [255, 0, 0]);
  });

  it('turns the picture upright by its EXIF orientation', async () => {
    const rotated = await picture().withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer();
    const frame = await decodeImage(rotated);
    assert.deepEqual([frame.width, frame.height], [HEIGHT, WIDTH]);
    assertNear(colourAt(frame, 16, 8), [255, 0, 0]);
    assertNear(colourAt(frame, 16, 56), [0, 0, 255]);
  });

  it('puts the pixels into shared memory', async () => {
    assert.ok((await decodeImage(await picture().png().toBuffer())).data.buffer instanceof SharedArrayBuffer);
  });

  it('reads an image of one pixel', async () => {
    const pixel = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#102030' } })
      .png()
      .toBuffer();
    assert.deepEqual(colourAt(await decodeImage(pixel), 0, 0), [16, 32, 48]);
  });

  it('refuses a decompression bomb before decoding it', async () => {
    await assert.rejects(decodeImage(hugePng(30_000, 30_000)), {
      code: 'IMAGE_TOO_LARGE',
      message: /30000 × 30000/,
    });
  });
});

describe('image: encoded input', () => {
  it('takes buffers, base64 and data URLs', () => {
    const bytes = Buffer.from([1, 2, 250]);
    assert.deepEqual(Buffer.from(toImageBytes(bytes)), bytes);
    assert.deepEqual(Buffer.from(toImageBytes(bytes.toString('base64'))), bytes);
    assert.deepEqual(Buffer.from(toImageBytes(`data:image/png;base64,${bytes.toString('base64')}`)), bytes);
  });

  it('names what is wrong', () => {
    assert.throws(() => toImageBytes(Buffer.alloc(0)), { message: 'The image in msg.payload is empty' });
    assert.throws(() => toImageBytes(''), { message: 'The image in msg.payload is empty' });
    assert.throws(() => toImageBytes('Hello, world!'), {
      message: /^Expected a base64 or data-URL image for msg.payload but received "Hello, world!"$/,
    });
    assert.throws(() => toImageBytes(7), {
      message: 'Expected an image (Buffer, base64 string, data URL or Frame) for msg.payload but received 7',
    });
  });
});

describe('image: encoding', () => {
  it('writes PNG without loss and JPEG by quality', async () => {
    const frame = await decodeImage(await picture().png().toBuffer());
    const again = await decodeImage(await encodeFrame(frame, { format: 'png', quality: 80 }));
    assert.deepEqual(again.data, frame.data);
    const [good, poor] = await Promise.all(
      [95, 20].map((quality) => encodeFrame(frame, { format: 'jpeg', quality })),
    );
    assert.ok(good!.length > poor!.length);
    await assert.rejects(encodeFrame(frame, { format: 'jpeg', quality: 0 }), {
      message: 'Expected an integer between 1 and 100 for quality but received 0',
    });
  });
});
