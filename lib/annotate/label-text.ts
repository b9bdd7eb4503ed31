/**
 * Text → coverage mask, through Skia. A text is rasterised once for each size and kept: names and similarities recur in
 * every frame of a video. A mask has no colour.
 */
import { createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import { labelFontFamilies } from './fonts';

export interface TextMask {
  /** How much of each pixel the text covers: 0..255, row-major, width × height. */
  readonly coverage: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** From the pen's start to the first column, pixels; negative for glyphs that hang to the left. */
  readonly left: number;
  /** From the first row to the baseline, pixels. */
  readonly ascent: number;
  /** From the pen's start to where the next text may start, whole pixels. */
  readonly advance: number;
}

export interface CacheLimits {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** Some thousand labels: all names of a busy camera and all values from -1.00 to 1.00 in several sizes. */
const DEFAULT_LIMITS: CacheLimits = { maxEntries: 4096, maxBytes: 16 * 1024 * 1024 };

/** More than any label shows; keeps a runaway name from being shaped in whole. */
const LONGEST_TEXT = 256;
const ELLIPSIS = '…';
/** How far marks may rise above and sink below the baseline, in font sizes; stacked diacritics beyond are cut. */
const MAX_ASCENT = 1.3;
const MAX_DESCENT = 0.6;
/** Soft edges reach one pixel beyond the measured outlines. */
const EDGE = 1;

/** The first letter decides where a text starts reading (rule P2 of the Unicode bidirectional algorithm). */
const STARTS_RIGHT_TO_LEFT =
  /^\P{Letter}*[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

export class TextRasteriser {
  /** Least recently used first. */
  private readonly masks = new Map<string, TextMask>();
  private heldBytes = 0;
  private measuring: SKRSContext2D | undefined;

  constructor(private readonly limits: CacheLimits = DEFAULT_LIMITS) {}

  get entries(): number {
    return this.masks.size;
  }

  get bytes(): number {
    return this.heldBytes;
  }

  /**
   * A line of text, cut with an ellipsis where it is wider than maxWidth.
   * @param size font size in pixels
   * @param maxWidth pixels
   * @throws ArcFlowError MODEL_MISSING when the package's fonts are not built.
   */
  mask(text: string, size: number, maxWidth: number): TextMask {
    const key = `${size} ${maxWidth} ${text}`;
    const held = this.masks.get(key);
    if (held !== undefined) {
      this.masks.delete(key);
      this.masks.set(key, held);
      return held;
    }
    const made = this.rasterise(text, size, maxWidth);
    this.masks.set(key, made);
    this.heldBytes += bytesOf(key, made);
    this.evict();
    return made;
  }

  private evict(): void {
    for (const [key, mask] of this.masks) {
      if (this.masks.size <= this.limits.maxEntries && this.heldBytes <= this.limits.maxBytes) return;
      this.masks.delete(key);
      this.heldBytes -= bytesOf(key, mask);
    }
  }

  private rasterise(text: string, size: number, maxWidth: number): TextMask {
    this.measuring ??= createCanvas(1, 1).getContext('2d');
    setFont(this.measuring, size);
    const line = fitLine(this.measuring, toLine(text), maxWidth);
    setDirection(this.measuring, line);
    const metrics = this.measuring.measureText(line);
    const left = -Math.ceil(metrics.actualBoundingBoxLeft) - EDGE;
    const right = Math.ceil(metrics.actualBoundingBoxRight) + EDGE;
    const ascent = Math.ceil(Math.min(metrics.actualBoundingBoxAscent, size * MAX_ASCENT)) + EDGE;
    const descent = Math.ceil(Math.min(metrics.actualBoundingBoxDescent, size * MAX_DESCENT)) + EDGE;
    const width = Math.max(1, right - left);
    const height = Math.max(1, ascent + descent);

    const context = createCanvas(width, height).getContext('2d');
    setFont(context, size);
    setDirection(context, line);
    context.fillText(line, -left, ascent);
    const rgba = context.getImageData(0, 0, width, height).data;
    const coverage = Uint8Array.from({ length: width * height }, (_, pixel) => rgba[pixel * 4 + 3]!);
    return { coverage, width, height, left, ascent, advance: Math.ceil(metrics.width) };
  }
}

function bytesOf(key: string, mask: TextMask): number {
  return mask.coverage.length + key.length * 2;
}

function setFont(context: SKRSContext2D, size: number): void {
  context.font = `${size}px ${labelFontFamilies()}`;
  // The same pixels whatever language the host speaks.
  context.lang = 'en';
  context.textAlign = 'left';
}

function setDirection(context: SKRSContext2D, line: string): void {
  context.direction = STARTS_RIGHT_TO_LEFT.test(line) ? 'rtl' : 'ltr';
}

/** One line of well-formed text: controls and line breaks become spaces, halves of surrogate pairs U+FFFD. */
function toLine(text: string): string {
  return text
    .slice(0, LONGEST_TEXT)
    .replace(/\p{Surrogate}/gu, '\uFFFD')
    .replace(/[\s\p{Control}]+/gu, ' ')
    .trim();
}

function fitLine(context: SKRSContext2D, line: string, maxWidth: number): string {
  if (context.measureText(line).width <= maxWidth) return line;
  const characters = Array.from(graphemes.segment(line), ({ segment }) => segment);
  const cut = (count: number): string => characters.slice(0, count).join('').trimEnd() + ELLIPSIS;
  let fits = 0;
  let tooMany = characters.length;
  while (tooMany - fits > 1) {
    const count = (fits + tooMany) >> 1;
    if (context.measureText(cut(count)).width <= maxWidth) fits = count;
    else tooMany = count;
  }
  return cut(fits);
}
