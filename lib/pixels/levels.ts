/** The levels of a byte. */

export const LEVELS = 256;
export const TOP_LEVEL = LEVELS - 1;

/** The nearest level, 0..255. */
export function toLevel(value: number): number {
  return value <= 0 ? 0 : value >= TOP_LEVEL ? TOP_LEVEL : Math.round(value);
}
