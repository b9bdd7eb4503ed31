/**
 * The luminance of Rec. 601 (ITU-R BT.601-7), the one that JPEG and most vision libraries call grey. The loops over
 * whole frames are WebAssembly SIMD (source: kernels/luminance.ts); pixels pass through it in pieces.
 */
import { CHANNELS, type Frame } from '../../image/frame';
import { createImage, type Image } from './image';
import { FIRST_ADDRESS } from '../../kernel-module';
import { loadKernels } from './kernels';

/** Shares of red, green and blue. */
export const REC601 = [0.299, 0.587, 0.114] as const;

// The same shares in 1/256.
const RED = 77;
const GREEN = 150;
const BLUE = 29;
const HALF = 128;
const SHIFT = 8;

/** Luminance of one pixel, 0..255, rounded. */
export function luminanceAt(data: Uint8Array, at: number): number {
  return (RED * data[at]! + GREEN * data[at + 1]! + BLUE * data[at + 2]! + HALF) >> SHIFT;
}

/** Exports of kernels/luminance.ts; the parameters are explained there. */
interface LuminanceKernels {
  luminance(rgb: number, plane: number, end: number): void;
  recolour(rgb: number, end: number, before: number, after: number, factor: number): void;
}

/** Pixels of one piece: it stays in the processor's second-level cache. */
const PIECE = 32_768;
/** What the loops may read and write past the end of an area, bytes. */
const SPARE = 48;
const RGB_AT = FIRST_ADDRESS;
const BEFORE_AT = RGB_AT + PIECE * CHANNELS + SPARE;
const AFTER_AT = BEFORE_AT + PIECE + SPARE;

const { kernels, memory } = loadKernels<LuminanceKernels>('luminance', AFTER_AT + PIECE + SPARE);
const bytes = new Uint8Array(memory);

/** One channel: the luminance of each pixel. */
export function luminancePlane({ data, width, height }: Frame): Image {
  const plane = createImage(width, height, 1);
  for (let start = 0; start < plane.data.length; start += PIECE) {
    const end = Math.min(plane.data.length, start + PIECE);
    bytes.set(data.subarray(start * CHANNELS, end * CHANNELS), RGB_AT);
    kernels.luminance(RGB_AT, BEFORE_AT, BEFORE_AT + end - start);
    plane.data.set(bytes.subarray(BEFORE_AT, BEFORE_AT + end - start), start);
  }
  return plane;
}

/**
 * Gives each pixel another luminance and keeps its colour difference (Cb and Cr), or multiplies that: channel →
 * after + colour · (channel − before), clipped. The target may be the source.
 * @param colour 0 (grey) to 127
 */
export function replaceLuminance(
  { data: source }: Frame,
  { data: target }: Frame,
  { data: before }: Image,
  { data: after }: Image,
  colour = 1,
): void {
  const factor = Math.round(colour * 2 ** SHIFT);
  for (let start = 0; start < before.length; start += PIECE) {
    const end = Math.min(before.length, start + PIECE);
    const length = (end - start) * CHANNELS;
    bytes.set(source.subarray(start * CHANNELS, end * CHANNELS), RGB_AT);
    bytes.set(before.subarray(start, end), BEFORE_AT);
    bytes.set(after.subarray(start, end), AFTER_AT);
    kernels.recolour(RGB_AT, RGB_AT + length, BEFORE_AT, AFTER_AT, factor);
    target.set(bytes.subarray(RGB_AT, RGB_AT + length), start * CHANNELS);
  }
}
