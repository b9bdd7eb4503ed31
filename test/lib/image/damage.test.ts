/** Files whose end is missing: used as far as they go, with a note, or refused. */
import assert from 'node:assert/strict';
import sharp from 'sharp';
import { decodedShare, endsInFilling } from '../../../lib/image/damage';
import { decodeImage } from '../../../lib/image/decode';
import { toFrame } from '../../../lib/image/frame';
import { frameLike } from '../../../lib/pixels/image';

const SIDE = 320;

function noise(): sharp.Sharp {
  return sharp({
    create: {
      width: SIDE,
      height: SIDE,
      channels: 3,
      background: '#888',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  });
}

describe('image: files whose end is missing', () => {
  const cut = (file: Buffer, share: number): Buffer => file.subarray(0, Math.floor(file.length * share));
  let jpeg: Buffer;
  let png: Buffer;

  before(async () => {
    jpeg = await noise().jpeg().toBuffer();
    png = await noise().png().toBuffer();
  });

  it('says nothing of a whole one', async () => {
    for (const file of [jpeg, png]) assert.ok(!('truncated' in (await decodeImage(file))));
  });

  it('uses a camera’s JPEG without its last bytes and says so', async () => {
    const whole = await decodeImage(jpeg);
    for (const missing of [1, 2, 3, 50]) {
      const frame = await decodeImage(jpeg.subarray(0, jpeg.length - missing), { source: 'door' });
      assert.deepEqual(
        [frame.truncated, frame.source, frame.width, frame.height],
        [true, 'door', SIDE, SIDE],
      );
      const upper = (SIDE / 2) * SIDE * 3;
      assert.deepEqual(frame.data.subarray(0, upper), whole.data.subarray(0, upper));
    }
  });

  it('uses what is there of a JPEG or PNG of which more is missing', async () => {
    for (const file of [jpeg, png])
      for (const share of [0.3, 0.5, 0.9])
        assert.equal((await decodeImage(cut(file, share))).truncated, true);
  });

  it('refuses one of which next to nothing is there, with the share', async () => {
    for (const file of [jpeg, png]) {
      await assert.rejects(decodeImage(cut(file, 0.1)), {
        code: 'IMAGE_UNREADABLE',
        status: 'image cut off',
        message: /^The image cannot be read: \d+ % of it is there, and at least 25 % must be$/,
      });
    }
  });

  it('finds a JPEG out that was cut off and given an end', async () => {
    const ended = (share: number): Buffer => Buffer.concat([cut(jpeg, share), Buffer.from([0xff, 0xd9])]);
    assert.equal((await decodeImage(ended(0.6))).truncated, true);
    await assert.rejects(decodeImage(ended(0.1)), { code: 'IMAGE_UNREADABLE', status: 'image cut off' });
  });

  it('counts what is missing where a camera was held upside down or on its side', async () => {
    for (let orientation = 1; orientation <= 8; orientation++) {
      const turned = await noise().withMetadata({ orientation }).jpeg().toBuffer();
      assert.equal((await decodeImage(cut(turned, 0.6))).truncated, true, `orientation ${orientation}`);
      await assert.rejects(decodeImage(cut(turned, 0.1)), { status: 'image cut off' });
    }
  });

  it('answers wherever a file of any format is cut off', async () => {
    const kinds = [
      jpeg,
      png,
      await noise().jpeg({ progressive: true }).toBuffer(),
      await noise().png({ progressive: true }).toBuffer(),
      await noise().webp().toBuffer(),
      await noise().gif({ effort: 1 }).toBuffer(),
      await noise().tiff({ compression: 'lzw' }).toBuffer(),
      await noise().avif({ effort: 0 }).toBuffer(),
    ];
    for (const file of kinds) {
      for (const length of [
        1,
        2,
        3,
        4,
        8,
        12,
        20,
        33,
        60,
        100,
        200,
        400,
        ...[0.05, 0.2, 0.4, 0.7, 0.97].map((share) => Math.floor(share * file.length)),
      ]) {
        const answer = await decodeImage(file.subarray(0, length)).catch((error: unknown) => error);
        if (answer instanceof Error) {
          assert.equal((answer as { code?: string }).code, 'IMAGE_UNREADABLE', answer.message);
        } else {
          assert.equal((answer as { truncated?: boolean }).truncated, true);
        }
      }
      assert.equal((await decodeImage(file)).width, SIDE);
    }
  });

  it('keeps the note in frames that are checked and in those that are made of it', () => {
    const frame = toFrame({ data: new Uint8Array(3), width: 1, height: 1, truncated: true });
    assert.equal(frame.truncated, true);
    assert.equal(frameLike(frame, 2, 2).truncated, true);
    assert.ok(!('truncated' in toFrame({ data: new Uint8Array(3), width: 1, height: 1, truncated: 'no' })));
  });
});

describe('image: share that was decoded', () => {
  // 2 × 4 pixels of one channel; the last two rows are alike.
  const pixels = Uint8Array.from([1, 2, 3, 4, 9, 9, 9, 9]);

  it('counts the rows at the end that are of one colour', () => {
    assert.equal(decodedShare(pixels, { width: 2, height: 4 }, 1), 0.5);
    assert.equal(decodedShare(Uint8Array.from([1, 2, 3, 4]), { width: 2, height: 2 }, 1), 1);
    assert.equal(decodedShare(Uint8Array.from([7, 7, 7, 7]), { width: 2, height: 2 }, 1), 0);
  });

  it('looks where the orientation puts the last row', () => {
    assert.equal(decodedShare(pixels.toReversed(), { width: 2, height: 4 }, 3), 0.5);
    const columns = Uint8Array.from([1, 3, 9, 9, 2, 4, 9, 9]);
    assert.equal(decodedShare(columns, { width: 4, height: 2 }, 5), 0.5);
    assert.equal(decodedShare(columns, { width: 4, height: 2 }, 8), 0.5);
    assert.equal(decodedShare(columns.toReversed(), { width: 4, height: 2 }, 6), 0.5);
    assert.equal(decodedShare(columns.toReversed(), { width: 4, height: 2 }, 7), 0.5);
  });

  it('takes grey for filling, and no other colour', () => {
    const last = (...colour: number[]): boolean =>
      endsInFilling(Uint8Array.from([1, 2, 3, 4, 5, 6, ...colour, ...colour]), { width: 2, height: 2 }, 1);
    assert.ok(last(128, 128, 128) && last(120, 121, 120));
    assert.ok(!last(0, 0, 0) && !last(128, 128, 200));
    assert.ok(!endsInFilling(Uint8Array.from([128, 127]), { width: 2, height: 1 }, 1));
  });
});
