/**
 * Drawing straight into the RGB bytes of a Frame: rounded boxes (a dot is a very round one) and text masks. Whatever
 * lies outside the frame is clipped. Shapes are evaluated as signed distances, so that one short loop gives soft
 * corners and crisp edges: https://iquilezles.org/articles/distfunctions2d/ (sdRoundedBox).
 */
import type { Box } from '../geometry/box';
import type { Rgb } from './draw-colour';
import { CHANNELS, type Frame } from './frame';

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

/** Fills or outlines a box with rounded corners. Edges on whole pixels come out crisp. */
export function drawRoundedBox(frame: Frame, box: Box, style: RoundedBoxStyle): void {
  const { x: left, y: top } = box;
  const right = left + box.width;
  const bottom = top + box.height;
  const { paint, rim = { ...paint, width: 0, opacity: 0 }, lineWidth = Infinity } = style;
  const halfWidth = box.width / 2;
  const halfHeight = box.height / 2;
  const radius = Math.min(style.radius, halfWidth, halfHeight);
  const shape = {
    x: left + halfWidth,
    y: top + halfHeight,
    halfWidth,
    halfHeight,
    radius,
    lineWidth,
    paint,
    rim,
  };

  const firstRow = Math.max(0, Math.floor(top - rim.width));
  const endRow = Math.min(frame.height, Math.ceil(bottom + rim.width));
  const firstColumn = Math.max(0, Math.floor(left - rim.width));
  const endColumn = Math.min(frame.width, Math.ceil(right + rim.width));
  // An outline leaves the middle untouched; near the corners it bends inwards by up to the radius.
  const inset = Math.ceil(Math.max(lineWidth + rim.width, radius)) + 1;
  const endLeft = clamp(Math.ceil(left) + inset, firstColumn, endColumn);
  const firstRight = clamp(Math.floor(right) - inset, endLeft, endColumn);

  for (let y = firstRow; y < endRow; y++) {
    if (y < top + inset || y >= bottom - inset) {
      drawSpan(frame, y, firstColumn, endColumn, shape);
    } else {
      drawSpan(frame, y, firstColumn, endLeft, shape);
      drawSpan(frame, y, firstRight, endColumn, shape);
    }
  }
}

function drawSpan(
  frame: Frame,
  y: number,
  firstColumn: number,
  endColumn: number,
  shape: RoundedShape,
): void {
  const { halfWidth, halfHeight, radius, lineWidth, paint, rim } = shape;
  const cornerY = Math.abs(y + 0.5 - shape.y) - halfHeight + radius;
  let at = (y * frame.width + firstColumn) * CHANNELS;
  for (let x = firstColumn; x < endColumn; x++, at += CHANNELS) {
    const cornerX = Math.abs(x + 0.5 - shape.x) - halfWidth + radius;
    const outside =
      cornerX > 0 && cornerY > 0
        ? Math.sqrt(cornerX * cornerX + cornerY * cornerY) - radius
        : Math.max(cornerX, cornerY) - radius;
    // Distance to the painted shape: an outline ends again lineWidth further in.
    const distance = Math.max(outside, -outside - lineWidth);
    if (distance >= rim.width + 0.5) continue;
    const covered = clamp(0.5 - distance, 0, 1);
    const rimmed = clamp(rim.width + 0.5 - distance, 0, 1) - covered;
    if (rimmed > 0) blend(frame.data, at, rim.colour, rim.opacity * rimmed);
    if (covered > 0) blend(frame.data, at, paint.colour, paint.opacity * covered);
  }
}

/** Lays a mask in one colour over the frame, its top left corner at (x, y) in whole pixels. */
export function drawMask(frame: Frame, mask: Mask, x: number, y: number, colour: Rgb): void {
  const firstRow = Math.max(0, -y);
  const endRow = Math.min(mask.height, frame.height - y);
  const firstColumn = Math.max(0, -x);
  const endColumn = Math.min(mask.width, frame.width - x);
  for (let row = firstRow; row < endRow; row++) {
    let from = row * mask.width + firstColumn;
    let to = ((y + row) * frame.width + x + firstColumn) * CHANNELS;
    for (let column = firstColumn; column < endColumn; column++, from++, to += CHANNELS) {
      const coverage = mask.coverage[from]!;
      if (coverage > 0) blend(frame.data, to, colour, coverage / 255);
    }
  }
}

function blend(data: Uint8Array, at: number, [red, green, blue]: Rgb, opacity: number): void {
  const rest = 1 - opacity;
  data[at] = data[at]! * rest + red * opacity + 0.5;
  data[at + 1] = data[at + 1]! * rest + green * opacity + 0.5;
  data[at + 2] = data[at + 2]! * rest + blue * opacity + 0.5;
}

function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}
