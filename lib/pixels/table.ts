/** Point operations as tables of 256 entries: whatever the formula, a pixel costs one look-up a channel. */
import { CHANNELS, type Frame } from '../image/frame';
import { bandsOf, bringPixels, fetchBack, kernels, place, RGB_AT, TABLES_AT } from './bands';
import { LEVELS, toLevel } from './levels';

/** The nearest level to formula(level) for each level. */
export function tableOf(formula: (level: number) => number): Uint8Array {
  return Uint8Array.from({ length: LEVELS }, (_, level) => toLevel(formula(level)));
}

/** One table for every channel. The target may be the source. */
export function applyTable(source: Frame, target: Frame, table: Uint8Array): void {
  applyTables(source, target, [table, table, table]);
}

export type ChannelTables = readonly [red: Uint8Array, green: Uint8Array, blue: Uint8Array];

/** A table for each channel. The target may be the source. */
export function applyTables(source: Frame, target: Frame, tables: ChannelTables): void {
  const [red, green, blue] = [TABLES_AT, TABLES_AT + LEVELS, TABLES_AT + 2 * LEVELS] as const;
  tables.forEach((table, channel) => place(table, TABLES_AT + channel * LEVELS));
  for (const band of bandsOf(source)) {
    kernels().lookUp(RGB_AT, bringPixels(source, band), red, green, blue);
    fetchBack(target, band.start * CHANNELS, band.pixels * CHANNELS, RGB_AT);
  }
}

/** level → gain · level */
export function gainTable(gain: number): Uint8Array {
  return tableOf((level) => gain * level);
}
