/**
 * Draws what is known of the faces onto a copy of their frame: boxes, landmarks, names and values. Encoding the
 * result is encode.ts's part.
 */
import type { Box } from '../core/box';
import type { Face } from '../core/face';
import { toMarks, type Mark } from './marks';
import type { AnnotateColours, AnnotateOptions } from './options';
import { drawMask, drawRoundedBox } from './draw';
import { BLACK, legibleOn, parseColour, type Rgb } from './colour';
import { createFrame, type Frame } from '../image/frame';
import { placeLabels } from './label-layout';
import { TextRasteriser, type TextMask } from './label-text';

export type { AnnotateOptions } from './options';

/** Sizes follow the frame's shorter side, so that a picture looks the same at any resolution. */
const LINE_PER_SIDE = 1 / 360;
const MIN_LINE = 2;
const FONT_PER_SIDE = 1 / 36;
const MIN_FONT = 12;
const MAX_FONT = 128;
/** On small faces lines and labels shrink, or they would bury them: shares of the box's shorter side. */
const LINE_PER_FACE = 1 / 16;
const FONT_PER_FACE = 1 / 4;
const DOT_PER_FACE = 1 / 16;
const MIN_DOT = 2;
/** In diameters. */
const DOT_RIM = 0.25;
/** The label of the smallest face: a share of the largest's, and never smaller than can be read. */
const SMALLEST_FONT = 0.6;
const LEGIBLE_FONT = 10;

/** In line widths. */
const CORNER_RADIUS = 3;
const RIM_WIDTH = 0.5;
const RIM_OPACITY = 0.45;

/** In font sizes. The baseline lies where capitals, digits and Chinese characters stand in the label's middle. */
const LABEL_ABOVE_BASELINE = 1.1;
const LABEL_BELOW_BASELINE = 0.36;
const LABEL_PADDING = 0.4;
const LABEL_GAP = 0.5;
const LABEL_RADIUS = 0.25;
const LONGEST_NAME = 16;

/** The frame rate's label lets the picture through. */
const FPS_OPACITY = 0.6;

type Palette = Readonly<Record<keyof AnnotateColours, Rgb>>;

/** Texts side by side on a filled box. */
interface Label {
  readonly masks: readonly TextMask[];
  readonly fontSize: number;
  readonly width: number;
  readonly height: number;
  /** From the label's top to the baseline. */
  readonly baseline: number;
}

const rasteriser = new TextRasteriser();

/**
 * A copy of the frame with the faces drawn on it; timestamp, sequence and source stay. What reaches past the border
 * is clipped.
 * @param memory of the frame's length, to draw the copy into; new memory where there is none
 * @throws ArcFlowError INVALID_ARGUMENT naming the property of a face that cannot be drawn, such as
 * faces[2].box.width; MODEL_MISSING when there is a text to draw and the package's fonts are not built.
 */
export function annotate(
  frame: Frame,
  faces: readonly Face[],
  options: AnnotateOptions,
  memory?: Uint8Array,
): Frame {
  const marks = toMarks(faces, options);
  const palette = toPalette(options.colours);
  const result = memory ? { ...frame, data: memory } : createFrame(frame.width, frame.height, frame);
  result.data.set(frame.data);
  for (const mark of marks) drawFace(result, mark, palette[mark.kind], options);
  drawLabels(result, marks, palette, options);
  return result;
}

function toPalette({ known, stranger, detected }: AnnotateColours): Palette {
  return {
    known: parseColour(known, 'colours.known'),
    stranger: parseColour(stranger, 'colours.stranger'),
    detected: parseColour(detected, 'colours.detected'),
  };
}

function drawFace(frame: Frame, mark: Mark, colour: Rgb, options: AnnotateOptions): void {
  const { box, landmarks } = mark;
  const paint = { colour, opacity: 1 };
  const lineWidth = lineWidthOf(box, frame, options);
  const rim = { colour: legibleOn(colour), opacity: RIM_OPACITY, width: Math.max(1, lineWidth * RIM_WIDTH) };
  if (options.boxes) {
    drawRoundedBox(frame, outline(box), { radius: lineWidth * CORNER_RADIUS, paint, rim, lineWidth });
  }
  const diameter = clamp(shorterSide(box) * DOT_PER_FACE, MIN_DOT, lineWidth * 2);
  const dotRim = { ...rim, width: Math.min(rim.width, diameter * DOT_RIM) };
  for (const { x, y } of landmarks) {
    const dot = { x: x - diameter / 2, y: y - diameter / 2, width: diameter, height: diameter };
    drawRoundedBox(frame, dot, { radius: diameter / 2, paint, rim: dotRim });
  }
}

function drawLabels(frame: Frame, marks: readonly Mark[], palette: Palette, options: AnnotateOptions): void {
  const taken = options.fps === undefined ? [] : [drawFrameRate(frame, options.fps, options)];
  const labelled = marks.flatMap(({ box, kind, texts }) => {
    const face = visiblePart(outline(box), frame);
    if (face === undefined || texts.length === 0) return [];
    return [{ face, colour: palette[kind], label: toLabel(texts, fontSizeOf(box, frame, options), frame) }];
  });
  const requests = labelled.map(({ face, label: { width, height } }) => ({ face, width, height }));
  placeLabels(requests, frame, taken).forEach(({ x, y }, index) => {
    const { label, colour } = labelled[index]!;
    drawLabel(frame, label, x, y, colour, 1);
  });
}

/** Draws the frame rate into the top left corner and gives the area that it takes. */
function drawFrameRate(frame: Frame, fps: number, options: AnnotateOptions): Box {
  const fontSize = options.fontSize ?? frameFontSize(frame);
  const label = toLabel([`${fps.toFixed(fps < 10 ? 1 : 0)} fps`], fontSize, frame);
  const margin = Math.round(fontSize * LABEL_PADDING);
  drawLabel(frame, label, margin, margin, BLACK, FPS_OPACITY);
  return { x: margin, y: margin, width: label.width, height: label.height };
}

function toLabel(texts: readonly string[], fontSize: number, frame: Frame): Label {
  const padding = Math.round(fontSize * LABEL_PADDING);
  const gap = Math.round(fontSize * LABEL_GAP);
  const widest = Math.min(fontSize * LONGEST_NAME, Math.floor(frame.width / texts.length) - 2 * padding);
  const masks = texts.map((text) => rasteriser.mask(text, fontSize, Math.max(0, widest)));
  const advance = masks.reduce((sum, mask) => sum + mask.advance, 0);
  // Labels stand in line with each other, and grow only for scripts that reach higher or lower.
  const above = masks.map(({ ascent }) => ascent);
  const below = masks.map(({ ascent, height }) => height - ascent);
  const baseline = Math.max(Math.round(fontSize * LABEL_ABOVE_BASELINE), ...above);
  return {
    masks,
    fontSize,
    width: advance + gap * (masks.length - 1) + 2 * padding,
    height: baseline + Math.max(Math.round(fontSize * LABEL_BELOW_BASELINE), ...below),
    baseline,
  };
}

function drawLabel(frame: Frame, label: Label, x: number, y: number, colour: Rgb, opacity: number): void {
  const { masks, fontSize, width, height, baseline } = label;
  const rim = { colour: legibleOn(colour), opacity: opacity * RIM_OPACITY, width: 1 };
  drawRoundedBox(
    frame,
    { x, y, width, height },
    { radius: fontSize * LABEL_RADIUS, paint: { colour, opacity }, rim },
  );
  let pen = x + Math.round(fontSize * LABEL_PADDING);
  for (const mask of masks) {
    drawMask(frame, mask, pen + mask.left, y + baseline - mask.ascent, legibleOn(colour));
    pen += mask.advance + Math.round(fontSize * LABEL_GAP);
  }
}

function lineWidthOf(box: Box, frame: Frame, options: AnnotateOptions): number {
  if (options.lineWidth !== undefined) return options.lineWidth;
  const full = Math.max(MIN_LINE, Math.round(shorterSide(frame) * LINE_PER_SIDE));
  return clamp(Math.round(shorterSide(box) * LINE_PER_FACE), 1, full);
}

function fontSizeOf(box: Box, frame: Frame, options: AnnotateOptions): number {
  if (options.fontSize !== undefined) return options.fontSize;
  const full = frameFontSize(frame);
  // Even sizes only: a face that comes nearer would rasterise its name anew at every step.
  const fitting = 2 * Math.round((shorterSide(box) * FONT_PER_FACE) / 2);
  return clamp(fitting, Math.max(LEGIBLE_FONT, Math.round(full * SMALLEST_FONT)), full);
}

function frameFontSize(frame: Frame): number {
  return clamp(Math.round(shorterSide(frame) * FONT_PER_SIDE), MIN_FONT, MAX_FONT);
}

function shorterSide({ width, height }: { readonly width: number; readonly height: number }): number {
  return Math.min(width, height);
}

/** The box on whole pixels, where its lines are crisp. */
function outline({ x, y, width, height }: Box): Box {
  const left = Math.round(x);
  const top = Math.round(y);
  return { x: left, y: top, width: Math.round(x + width) - left, height: Math.round(y + height) - top };
}

/** The part of the box within the frame; undefined when there is none. */
function visiblePart(box: Box, frame: Frame): Box | undefined {
  const left = Math.max(0, box.x);
  const top = Math.max(0, box.y);
  const width = Math.min(frame.width, box.x + box.width) - left;
  const height = Math.min(frame.height, box.y + box.height) - top;
  return width > 0 && height > 0 ? { x: left, y: top, width, height } : undefined;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
