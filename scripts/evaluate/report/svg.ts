/** Plots as SVG text: axes with ticks, lines, bars and marks. Just what the report draws, no library. */
import { escapeHtml } from './html';

export interface Axis {
  readonly label: string;
  readonly scale: 'linear' | 'log';
  readonly low: number;
  readonly high: number;
  readonly format: (value: number) => string;
}

export interface Line {
  readonly label: string;
  readonly colour: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Points joined by steps rather than straight: a rate that holds until the next point. */
  readonly steps?: boolean;
}

/** Bars of equal width between low and high. */
export interface Bars {
  readonly label: string;
  readonly colour: string;
  readonly low: number;
  readonly high: number;
  readonly values: readonly number[];
}

/** A point that stands out, or, without y, a vertical line. */
export interface Mark {
  readonly x: number;
  readonly y?: number;
  readonly label: string;
}

export interface Plot {
  readonly x: Axis;
  readonly y: Axis;
  readonly lines?: readonly Line[];
  readonly bars?: readonly Bars[];
  readonly marks?: readonly Mark[];
}

/** Units of the view box; the page scales it. */
const WIDTH = 760;
const HEIGHT = 420;
const MARGIN = { left: 74, right: 24, top: 34, bottom: 58 };
/** About so many ticks on a linear axis. */
const TICKS = 6;

export const COLOURS = { blue: '#2563eb', orange: '#ea7317', grey: '#64748b' } as const;

export function renderPlot({ x, y, lines = [], bars = [], marks = [] }: Plot): string {
  const right = WIDTH - MARGIN.right;
  const bottom = HEIGHT - MARGIN.bottom;
  const atX = (value: number) => place(x, value, MARGIN.left, right);
  const atY = (value: number) => place(y, value, bottom, MARGIN.top);
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(`${y.label} against ${x.label}`)}">`,
    ...ticksOf(y).map((tick) => {
      const at = shown(atY(tick));
      const label = `<text x="${MARGIN.left - 10}" y="${at}" dy="0.35em" class="tick end">${escapeHtml(y.format(tick))}</text>`;
      return `<line x1="${MARGIN.left}" x2="${right}" y1="${at}" y2="${at}" class="grid"/>${label}`;
    }),
    ...ticksOf(x).map((tick) => {
      const at = shown(atX(tick));
      const label = `<text x="${at}" y="${bottom + 20}" class="tick middle">${escapeHtml(x.format(tick))}</text>`;
      return `<line x1="${at}" x2="${at}" y1="${MARGIN.top}" y2="${bottom}" class="grid"/>${label}`;
    }),
    `<rect x="${MARGIN.left}" y="${MARGIN.top}" width="${right - MARGIN.left}" height="${bottom - MARGIN.top}" class="frame"/>`,
    ...bars.map((series) => renderBars(series, atX, atY, bottom)),
    ...lines.map((line) => renderLine(line, atX, atY)),
    ...marks.map((mark) => renderMark(mark, atX, atY, bottom)),
    `<text x="${(MARGIN.left + right) / 2}" y="${HEIGHT - 12}" class="axis middle">${escapeHtml(x.label)}</text>`,
    `<text transform="translate(18 ${(MARGIN.top + bottom) / 2}) rotate(-90)" class="axis middle">${escapeHtml(y.label)}</text>`,
    renderLegend([...lines, ...bars]),
    '</svg>',
  ].join('');
}

/** Where a value lies between two ends of the drawing; values outside the axis lie on its ends. */
function place({ scale, low, high }: Axis, value: number, start: number, end: number): number {
  const clamped = Math.min(Math.max(value, low), high);
  const share =
    scale === 'log' ? Math.log(clamped / low) / Math.log(high / low) : (clamped - low) / (high - low);
  return start + share * (end - start);
}

/** Round values inside the axis: powers of ten on a logarithmic one. */
export function ticksOf({ scale, low, high }: Pick<Axis, 'scale' | 'low' | 'high'>): number[] {
  const ticks: number[] = [];
  if (scale === 'log') {
    for (let power = Math.ceil(Math.log10(low) - 1e-9); 10 ** power <= high * (1 + 1e-9); power++)
      ticks.push(10 ** power);
    return ticks;
  }
  const rough = (high - low) / TICKS;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = magnitude * ([1, 2, 5].find((factor) => factor * magnitude >= rough) ?? 10);
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-9; index++)
    ticks.push(index * step);
  return ticks;
}

type Placed = (value: number) => number;

function renderLine({ points, colour, steps = false }: Line, atX: Placed, atY: Placed): string {
  const path = points.map(({ x, y }, index) => {
    const to = `${shown(atX(x))} ${shown(atY(y))}`;
    if (index === 0) return `M${to}`;
    return steps ? `H${shown(atX(x))}V${shown(atY(y))}` : `L${to}`;
  });
  return `<path d="${path.join('')}" fill="none" stroke="${colour}" stroke-width="2.5" stroke-linejoin="round"/>`;
}

function renderBars({ values, low, high, colour }: Bars, atX: Placed, atY: Placed, bottom: number): string {
  const width = (high - low) / values.length;
  const rects = values.map((value, index) => {
    const left = atX(low + index * width);
    const top = atY(value);
    if (bottom - top <= 0) return '';
    const size = `width="${shown(atX(low + (index + 1) * width) - left)}" height="${shown(bottom - top)}"`;
    return `<rect x="${shown(left)}" y="${shown(top)}" ${size}/>`;
  });
  return `<g fill="${colour}" fill-opacity="0.55">${rects.join('')}</g>`;
}

function renderMark({ x, y, label }: Mark, atX: Placed, atY: Placed, bottom: number): string {
  const at = atX(x);
  // A label near the right end is written to the left of its mark.
  const turned = at > WIDTH * 0.7;
  const anchor = `x="${shown(at + (turned ? -8 : 8))}" class="mark${turned ? ' end' : ''}"`;
  if (y === undefined) {
    const line = `<line x1="${shown(at)}" x2="${shown(at)}" y1="${MARGIN.top}" y2="${bottom}" class="threshold"/>`;
    return `${line}<text y="${MARGIN.top + 16}" ${anchor}>${escapeHtml(label)}</text>`;
  }
  const dot = `<circle cx="${shown(at)}" cy="${shown(atY(y))}" r="4.5" class="dot"/>`;
  return `${dot}<text y="${shown(atY(y) + 18)}" ${anchor}>${escapeHtml(label)}</text>`;
}

function renderLegend(series: readonly { readonly label: string; readonly colour: string }[]): string {
  let x = MARGIN.left;
  const entries = series.map(({ label, colour }) => {
    const entry = `<rect x="${x}" y="11" width="14" height="10" rx="2" fill="${colour}"/><text x="${x + 20}" y="20" class="tick">${escapeHtml(label)}</text>`;
    // About seven units a letter in the legend's type size.
    x += 44 + label.length * 7;
    return entry;
  });
  return entries.join('');
}

/** Two decimals place a point to well under a pixel of any screen. */
function shown(value: number): string {
  return String(Math.round(value * 100) / 100);
}
