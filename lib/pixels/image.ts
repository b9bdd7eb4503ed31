/** What the pixel loops work on: a frame, or one plane of it. */
import { CHANNELS, createFrame, type Frame } from '../image/frame';

/** Bytes, row-major, `channels` of them a pixel. A Frame is one with three. */
export interface Image {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

export function asImage({ data, width, height }: Frame): Image {
  return { data, width, height, channels: CHANNELS };
}

export function createImage(width: number, height: number, channels: number): Image {
  return { data: new Uint8Array(width * height * channels), width, height, channels };
}

/** A frame of another size with the time, number and source of this one; black. */
export function frameLike(frame: Frame, width = frame.width, height = frame.height): Frame {
  return createFrame(width, height, frame);
}

/** The frame with its outermost pixels repeated `reach` times on every side. */
export function padFrame(frame: Frame, reach: number): Frame {
  const { data, width, height } = frame;
  const padded = frameLike(frame, width + 2 * reach, height + 2 * reach);
  const rowBytes = width * CHANNELS;
  const stride = padded.width * CHANNELS;
  for (let row = 0; row < padded.height; row++) {
    const y = Math.min(height - 1, Math.max(0, row - reach));
    padRow(data.subarray(y * rowBytes, (y + 1) * rowBytes), padded.data, row * stride, reach, CHANNELS);
  }
  return padded;
}

/** Writes the row at `at` with its first and last pixel repeated `reach` times. */
export function padRow(
  row: Uint8Array,
  target: Uint8Array,
  at: number,
  reach: number,
  channels: number,
): void {
  const start = at + reach * channels;
  const end = start + row.length;
  target.set(row, start);
  for (let i = 0; i < reach; i++) {
    target.copyWithin(at + i * channels, start, start + channels);
    target.copyWithin(end + i * channels, end - channels, end);
  }
}
