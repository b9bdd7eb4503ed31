/**
 * The luminance of Rec. 601 (ITU-R BT.601-7), the one that JPEG and most vision libraries call grey. The loops over
 * whole frames are WebAssembly SIMD (source: kernels/luminance.ts).
 */
import { CHANNELS, type Frame } from '../image/frame';
import { bandsOf, bringPixels, fetchBack, kernels, PLANE_AT, RGB_AT, type Band } from './bands';
import { createImage, type Image } from './image';

/** Shares of red, green and blue. */
export const REC601 = [0.299, 0.587, 0.114] as const;

/** Factors that the kernels multiply colours with are parts of 1 << SHIFT. */
const SHIFT = 8;

/** Brings a band and computes the luminance of each pixel, at PLANE_AT. @returns the address behind the band at RGB_AT */
export function bringLuminance(frame: Frame, band: Band): number {
  const end = bringPixels(frame, band);
  kernels().luminance(RGB_AT, PLANE_AT, PLANE_AT + band.pixels);
  return end;
}

/** One channel: the luminance of each pixel. */
export function luminancePlane(frame: Frame): Image {
  const plane = createImage(frame.width, frame.height, 1);
  for (const band of bandsOf(frame)) {
    bringLuminance(frame, band);
    fetchBack(plane, band.start, band.pixels, PLANE_AT);
  }
  return plane;
}

/**
 * Gives each pixel another luminance and keeps its colour difference (Cb and Cr), or multiplies that: channel →
 * after + colour · (channel − before), clipped. The target may be the source.
 * @param relight finds the luminances of a band at PLANE_AT, and returns the address of those that they shall become
 * @param colour 0 (grey) to 127
 */
export function replaceLuminance(
  source: Frame,
  target: Frame,
  relight: (band: Band) => number,
  colour = 1,
): void {
  const factor = Math.round(colour * 2 ** SHIFT);
  for (const band of bandsOf(source)) {
    const end = bringLuminance(source, band);
    kernels().recolour(RGB_AT, end, PLANE_AT, relight(band), factor);
    fetchBack(target, band.start * CHANNELS, band.pixels * CHANNELS, RGB_AT);
  }
}
