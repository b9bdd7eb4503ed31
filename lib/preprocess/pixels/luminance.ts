/** The luminance of Rec. 601 (ITU-R BT.601-7), the one that JPEG and most vision libraries call grey. */
import { CHANNELS, type Frame } from '../../image/frame';
import { createImage, type Image } from './image';
import { TOP_LEVEL, toLevel } from './levels';

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

/** One channel: the luminance of each pixel. */
export function luminancePlane({ data, width, height }: Frame): Image {
  const plane = createImage(width, height, 1);
  const target = plane.data;
  for (let i = 0, at = 0; i < target.length; i++, at += CHANNELS) {
    target[i] = (RED * data[at]! + GREEN * data[at + 1]! + BLUE * data[at + 2]! + HALF) >> SHIFT;
  }
  return plane;
}

/**
 * Gives each pixel another luminance and keeps its colour difference (Cb and Cr): the change is added to all three
 * channels, clipped. The target may be the source.
 */
export function replaceLuminance(
  { data: source }: Frame,
  { data: target }: Frame,
  { data: before }: Image,
  { data: after }: Image,
): void {
  const clip = clippingTable(TOP_LEVEL);
  for (let i = 0, at = 0; i < before.length; i++, at += CHANNELS) {
    const change = after[i]! - before[i]! + TOP_LEVEL;
    target[at] = clip[source[at]! + change]!;
    target[at + 1] = clip[source[at + 1]! + change]!;
    target[at + 2] = clip[source[at + 2]! + change]!;
  }
}

/**
 * The same with stronger or weaker colours: channel → after + factor · (channel − before), clipped.
 * @param factor 0 (grey) to some hundreds
 */
export function recolour(
  { data: source }: Frame,
  { data: target }: Frame,
  { data: before }: Image,
  { data: after }: Image,
  factor: number,
): void {
  const reach = Math.ceil(factor * TOP_LEVEL);
  const clip = clippingTable(reach);
  const differences = Int32Array.from({ length: 2 * TOP_LEVEL + 1 }, (_, index) =>
    Math.round(factor * (index - TOP_LEVEL)),
  );
  for (let i = 0, at = 0; i < before.length; i++, at += CHANNELS) {
    const offset = TOP_LEVEL - before[i]!;
    const base = after[i]! + reach;
    target[at] = clip[base + differences[source[at]! + offset]!]!;
    target[at + 1] = clip[base + differences[source[at + 1]! + offset]!]!;
    target[at + 2] = clip[base + differences[source[at + 2]! + offset]!]!;
  }
}

/** The level nearest to index − reach, for −reach to 255 + reach: where any may come next, faster than comparing. */
function clippingTable(reach: number): Uint8Array {
  return Uint8Array.from({ length: TOP_LEVEL + 1 + 2 * reach }, (_, index) => toLevel(index - reach));
}
