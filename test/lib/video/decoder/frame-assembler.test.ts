import assert from 'node:assert/strict';
import { FrameAssembler, type DecodedFrame } from '../../../../lib/video/decoder/frame-assembler';

/** Sizes of three frames: the camera changes its resolution. */
const SIZES = [
  { width: 2, height: 2, seconds: 0 },
  { width: 2, height: 2, seconds: 0.04 },
  { width: 3, height: 1, seconds: 0.08 },
];
const LENGTHS = SIZES.map(({ width, height }) => width * height * 3);
const STREAM = Uint8Array.from({ length: LENGTHS.reduce((a, b) => a + b) }, (_, index) => index);

function assemble(pieceLength: number): DecodedFrame[] {
  const assembler = new FrameAssembler((bytes) => new Uint8Array(bytes));
  const frames: DecodedFrame[] = [];
  for (let at = 0; at < STREAM.length; at += pieceLength) {
    for (let rest: Uint8Array = STREAM.subarray(at, at + pieceLength); rest.length > 0;) {
      if (assembler.isBetweenFrames) assembler.begin(SIZES[frames.length]!);
      rest = assembler.fill(rest);
      const frame = assembler.finish();
      if (frame) frames.push(frame);
    }
  }
  return frames;
}

describe('FrameAssembler', () => {
  for (const pieceLength of [1, 5, 12, 13, 33]) {
    it(`cuts pieces of ${pieceLength} bytes into frames`, () => {
      const frames = assemble(pieceLength);
      assert.deepEqual(
        frames.map(({ width, height, seconds }) => ({ width, height, seconds })),
        SIZES,
      );
      assert.deepEqual(
        frames.flatMap(({ data }) => [...data]),
        [...STREAM],
      );
      assert.deepEqual(
        frames.map(({ data }) => data.length),
        LENGTHS,
      );
    });
  }

  it('gives no frame before its last byte', () => {
    const assembler = new FrameAssembler((bytes) => new Uint8Array(bytes));
    assembler.begin(SIZES[0]!);
    assembler.fill(new Uint8Array(11));
    assert.equal(assembler.finish(), undefined);
    assert.ok(!assembler.isBetweenFrames);
    assembler.fill(new Uint8Array(1));
    assert.ok(assembler.finish());
    assert.ok(assembler.isBetweenFrames);
  });
});
