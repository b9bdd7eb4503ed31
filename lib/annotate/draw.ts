/**
 * Drawing straight into the RGB bytes of a Frame: rounded boxes (a dot is a very round one) and text masks. Whatever
 * lies outside the frame is clipped. Shapes are evaluated as signed distances, so that one short loop gives soft
 * corners and crisp edges: https://iquilezles.org/articles/distfunctions2d/ (sdRoundedBox).
 */
import type { Box } from '../core/box';
import type { Rgb } from './colour';
import { CHANNELS, type Frame } from '../image/frame';

export interface Paint {
  readonly colour: Rgb;
  /** 0 (invisible) to 1. */
  readonly opacity: number;
}

export interface RoundedBoxStyle {
  /** Radius of the outer corners, pixels. */
  readonly radius: number;
  readonly paint: Paint;
  /** Thickness of the line inside the box's edge, pixels; absent: the whole box is filled. */
  readonly lineWidth?: number;
  /** A rim on both sides of the shape that sets it off from a background of its own colour. */
  readonly rim?: Paint & { readonly width: number };
}

/** How much of a pixel the rim and the painted shape cover, 0 to 1. */
interface Coverage {
  readonly rimmed: number;
  readonly painted: number;
}

/** Pixels side by side that are covered alike. */
interface Run extends Coverage {
  readonly column: number;
  count: number;
}

interface RoundedShape {
  /** Centre. */
  readonly x: number;
  readonly y: number;
  readonly halfWidth: number;
  readonly halfHeight: number;
  readonly radius: number;
  readonly lineWidth: number;
  readonly paint: Paint;
  readonly rim: Paint & { readonly width: number };
}

/** Coverage of a text by pixel; see label-text.ts. */
export interface Mask {
  /** 0..255, row-major, width × height. */
  readonly coverage: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Pixels from which on copying is faster than computing. */
const LONG_RUN = 16;

/** Fills or outlines a box with rounded corners. Edges on whole pixels come out crisp. */
export function drawRoundedBox(frame: Frame, box: Box, style: RoundedBoxStyle): void {
  const shape = toShape(box, style);
  const { x, y, halfWidth, halfHeight, radius, lineWidth, rim } = shape;
  const [left, right] = [x - halfWidth, x + halfWidth];
  const [top, bottom] = [y - halfHeight, y + halfHeight];
  const firstRow = Math.max(0, Math.floor(top - rim.width));
  const endRow = Math.min(frame.height, Math.ceil(bottom + rim.width));
  const firstColumn = Math.max(0, Math.floor(left - rim.width));
  const endColumn = Math.min(frame.width, Math.ceil(right + rim.width));
  // Further in than the corners and the line reach, a row looks the same from one side to the other, and all rows look
  // alike: only what is left is computed pixel by pixel.
  const line = Number.isFinite(lineWidth) ? lineWidth + rim.width : 0;
  const inset = Math.ceil(Math.max(line, radius)) + 1;
  const endLeft = clamp(Math.ceil(left) + inset, firstColumn, endColumn);
  const firstRight = clamp(Math.floor(right) - inset, endLeft, endColumn);
  let inner: readonly Run[] | undefined;

  for (let row = firstRow; row < endRow; row++) {
    const isEnd = row < top + inset || row >= bottom - inset;
    if (isEnd || !inner) {
      const runs: Run[] = [];
      for (let column = firstColumn; column < endLeft; column++) addRun(runs, shape, row, column, 1);
      if (firstRight > endLeft) addRun(runs, shape, row, endLeft, firstRight - endLeft);
      for (let column = firstRight; column < endColumn; column++) addRun(runs, shape, row, column, 1);
      inner = isEnd ? undefined : runs;
      paintRow(frame, row, runs, shape);
    } else paintRow(frame, row, inner, shape);
  }
}

/** Appends `count` pixels that are covered as the first of them is, unless the shape does not reach them. */
function addRun(runs: Run[], shape: RoundedShape, row: number, column: number, count: number): void {
  const { rimmed, painted } = coverageAt(shape, column, row);
  if (rimmed <= 0 && painted <= 0) return;
  const last = runs.at(-1);
  if (last?.rimmed === rimmed && last.painted === painted && last.column + last.count === column)
    last.count += count;
  else runs.push({ column, count, rimmed, painted });
}

function paintRow(frame: Frame, row: number, runs: readonly Run[], { paint, rim }: RoundedShape): void {
  for (const { column, count, rimmed, painted } of runs) {
    const first = row * frame.width + column;
    if (rimmed > 0) blendRun(frame.data, first, count, rim.colour, rim.opacity * rimmed);
    if (painted > 0) blendRun(frame.data, first, count, paint.colour, paint.opacity * painted);
  }
}

function toShape(box: Box, { radius, paint, lineWidth = Infinity, rim }: RoundedBoxStyle): RoundedShape {
  const halfWidth = box.width / 2;
  const halfHeight = box.height / 2;
  return {
    x: box.x + halfWidth,
    y: box.y + halfHeight,
    halfWidth,
    halfHeight,
    radius: Math.min(radius, halfWidth, halfHeight),
    lineWidth,
    paint,
    rim: rim ?? { ...paint, width: 0, opacity: 0 },
  };
}

function coverageAt(shape: RoundedShape, column: number, row: number): Coverage {
  const { halfWidth, halfHeight, radius, lineWidth, rim } = shape;
  const cornerX = Math.abs(column + 0.5 - shape.x) - halfWidth + radius;
  const cornerY = Math.abs(row + 0.5 - shape.y) - halfHeight + radius;
  const outside =
    cornerX > 0 && cornerY > 0
      ? Math.sqrt(cornerX * cornerX + cornerY * cornerY) - radius
      : Math.max(cornerX, cornerY) - radius;
  // Distance to the painted shape: an outline ends again lineWidth further in.
  const distance = Math.max(outside, -outside - lineWidth);
  const painted = clamp(0.5 - distance, 0, 1);
  return { painted, rimmed: clamp(rim.width + 0.5 - distance, 0, 1) - painted };
}

/** Lays a mask in one colour over the frame, its top left corner at (x, y) in whole pixels. */
export function drawMask(frame: Frame, mask: Mask, x: number, y: number, colour: Rgb): void {
  const firstRow = Math.max(0, -y);
  const endRow = Math.min(mask.height, frame.height - y);
  const firstColumn = Math.max(0, -x);
  const endColumn = Math.min(mask.width, frame.width - x);
  for (let row = firstRow; row < endRow; row++) {
    let from = row * mask.width + firstColumn;
    let to = (y + row) * frame.width + x + firstColumn;
    for (let column = firstColumn; column < endColumn; column++, from++, to++) {
      const coverage = mask.coverage[from]!;
      if (coverage > 0) blendRun(frame.data, to, 1, colour, coverage / 255);
    }
  }
}

function blendRun(data: Uint8Array, first: number, count: number, colour: Rgb, opacity: number): void {
  const start = first * CHANNELS;
  const end = start + count * CHANNELS;
  const rest = 1 - opacity;
  const red = colour[0] * opacity + 0.5;
  const green = colour[1] * opacity + 0.5;
  const blue = colour[2] * opacity + 0.5;
  // What covers in full is the same everywhere: the first pixel is copied, then both, then all four …
  const computed = rest === 0 && count >= LONG_RUN ? start + CHANNELS : end;
  for (let at = start; at < computed; at += CHANNELS) {
    data[at] = data[at]! * rest + red;
    data[at + 1] = data[at + 1]! * rest + green;
    data[at + 2] = data[at + 2]! * rest + blue;
  }
  for (let at = computed; at < end; at += at - start)
    data.copyWithin(at, start, Math.min(at, start + end - at));
}

function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}
