/** Colours of drawings: parsing what a user typed, and text that stays legible on them. */
import { invalid } from '../core/validate';

/** Red, green, blue, 0..255. */
export type Rgb = readonly [red: number, green: number, blue: number];

export const BLACK: Rgb = [0, 0, 0];
export const WHITE: Rgb = [255, 255, 255];

const HEX_COLOUR = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i;

/** @throws ArcFlowError INVALID_ARGUMENT unless value is a CSS colour written #rrggbb. */
export function parseColour(value: unknown, name: string): Rgb {
  const channels = typeof value === 'string' ? HEX_COLOUR.exec(value) : null;
  if (channels === null) throw invalid('a colour such as #1a2b3c', name, value);
  const [, red, green, blue] = channels;
  return [parseInt(red!, 16), parseInt(green!, 16), parseInt(blue!, 16)];
}

/** Relative luminance of an sRGB colour, 0 (black) to 1 (white): WCAG 2.2, "relative luminance". */
function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function linear(channel: number): number {
  const value = channel / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

/** Contrast of two colours, 1 (the same) to 21 (black on white): WCAG 2.2, "contrast ratio". */
export function contrast(a: Rgb, b: Rgb): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light! + 0.05) / (dark! + 0.05);
}

/** Black or white, whichever reads better on the background: a contrast of at least 4.58 on any colour. */
export function legibleOn(background: Rgb): Rgb {
  return contrast(BLACK, background) > contrast(WHITE, background) ? BLACK : WHITE;
}
