/** Frames to try steps on, and the same filters written the slow, obvious way. */
import assert from 'node:assert/strict';
import sharp from 'sharp';
import type { Face } from '../../../lib/core/face';
import { CHANNELS, createFrame, type Frame } from '../../../lib/image/frame';
import { preprocess, type Preprocessed } from '../../../lib/preprocess/pipeline';
import type { Image } from '../../../lib/pixels/image';
import { toSteps } from '../../../lib/preprocess/steps';
import { samplePhoto } from '../../support/images';
import { createRandom, type Random } from '../../../scripts/shared/random';

export type Rgb = readonly [red: number, green: number, blue: number];

/** One step with some parameters. */
export function run(
  frame: Frame,
  id: string,
  parameters: Readonly<Record<string, unknown>> = {},
  faces?: readonly Face[],
): Preprocessed {
  return preprocess(frame, toSteps([{ id, ...parameters }]), faces && { faces });
}

export function frameOf(width: number, height: number, colour: (x: number, y: number) => Rgb): Frame {
  const frame = createFrame(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) frame.data.set(colour(x, y), (y * width + x) * CHANNELS);
  }
  return frame;
}

/** A frame of one row of greys. */
export function greys(...levels: number[]): Frame {
  return frameOf(levels.length, 1, (x) => [levels[x]!, levels[x]!, levels[x]!]);
}

/** The same numbers 0 ≤ n < 1 for the same seed. */
export function randomNumbers(seed = 1): Random {
  return createRandom(seed);
}

/** Independent levels from `low` to `high`. */
export function randomFrame(width: number, height: number, low = 0, high = 255): Frame {
  const frame = createFrame(width, height);
  const random = randomNumbers(width * 1000 + height);
  frame.data.forEach((_, i) => (frame.data[i] = low + Math.floor(random() * (high - low + 1))));
  return frame;
}

/** A group photograph, scaled to this size. */
export async function photograph(width: number, height: number): Promise<Frame> {
  const pixels = await sharp(samplePhoto(3)).resize(width, height, { fit: 'fill' }).raw().toBuffer();
  const frame = createFrame(width, height);
  frame.data.set(pixels);
  return frame;
}

/** What sharp makes of a frame. */
export async function throughSharp(
  { data, width, height }: Frame,
  operation: (image: sharp.Sharp) => sharp.Sharp,
): Promise<Frame> {
  const image = sharp(data, { raw: { width, height, channels: CHANNELS } });
  const { data: pixels, info } = await operation(image).raw().toBuffer({ resolveWithObject: true });
  assert.equal(info.channels, CHANNELS);
  const frame = createFrame(info.width, info.height);
  frame.data.set(pixels);
  return frame;
}

export function pixel({ data, width }: Frame, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * CHANNELS, (y * width + x + 1) * CHANNELS)];
}

/** The value of one channel; outside the image the nearest pixel goes on. */
export function at({ data, width, height, channels }: Image, x: number, y: number, channel: number): number {
  const column = Math.min(width - 1, Math.max(0, x));
  const row = Math.min(height - 1, Math.max(0, y));
  return data[(row * width + column) * channels + channel]!;
}

/** An image computed value by value. */
export function imageOf(
  { width, height, channels }: Image,
  value: (x: number, y: number, channel: number) => number,
): Image {
  const data = new Uint8Array(width * height * channels);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++, i++)
        data[i] = Math.min(255, Math.max(0, Math.round(value(x, y, c))));
    }
  }
  return { data, width, height, channels };
}

/** Rec. 601 of each pixel, not rounded. */
export function luminances({ data }: Pick<Frame, 'data'>): number[] {
  return Array.from(
    { length: data.length / CHANNELS },
    (_, i) => 0.299 * data[3 * i]! + 0.587 * data[3 * i + 1]! + 0.114 * data[3 * i + 2]!,
  );
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}

export function channelMeans({ data }: Frame): number[] {
  return [0, 1, 2].map((channel) => mean([...data].filter((_, i) => i % CHANNELS === channel)));
}

/** Fails where any value is off by more than `tolerance`. */
export function assertClose(actual: Uint8Array, expected: ArrayLike<number>, tolerance: number): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    if (difference > tolerance) {
      assert.fail(`value ${i} is ${actual[i]!}, expected ${expected[i]!} within ${tolerance}`);
    }
  }
}

/** Mean absolute difference. */
export function meanDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.equal(a.length, b.length);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum / a.length;
}

/** A face whose eyes are where they are said to be. */
export function faceWithEyes(left: { x: number; y: number }, right: { x: number; y: number }): Face {
  return {
    box: { x: left.x - 10, y: left.y - 15, width: 40, height: 50 },
    confidence: 0.99,
    landmarks: {
      leftEye: left,
      rightEye: right,
      nose: { x: (left.x + right.x) / 2, y: (left.y + right.y) / 2 + 10 },
      mouthLeft: { x: left.x + 2, y: left.y + 20 },
      mouthRight: { x: right.x - 2, y: right.y + 20 },
    },
    quality: { size: 40, yaw: 0, pitch: 0, roll: 0 },
  };
}
