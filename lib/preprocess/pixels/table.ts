/** Point operations as tables of 256 entries: whatever the formula, a pixel costs one look-up a channel. */
import { CHANNELS, type Frame } from '../../image/frame';
import { LEVELS, toLevel } from './levels';

/** The nearest level to formula(level) for each level. */
export function tableOf(formula: (level: number) => number): Uint8Array {
  return Uint8Array.from({ length: LEVELS }, (_, level) => toLevel(formula(level)));
}

/** One table for every channel. The target may be the source. */
export function applyTable({ data: source }: Frame, { data: target }: Frame, table: Uint8Array): void {
  for (let i = 0; i < source.length; i++) target[i] = table[source[i]!]!;
}

export type ChannelTables = readonly [red: Uint8Array, green: Uint8Array, blue: Uint8Array];

/** A table for each channel. The target may be the source. */
export function applyTables(
  { data: source }: Frame,
  { data: target }: Frame,
  [red, green, blue]: ChannelTables,
): void {
  for (let i = 0; i < source.length; i += CHANNELS) {
    target[i] = red[source[i]!]!;
    target[i + 1] = green[source[i + 1]!]!;
    target[i + 2] = blue[source[i + 2]!]!;
  }
}

/** level → gain · level */
export function gainTable(gain: number): Uint8Array {
  return tableOf((level) => gain * level);
}
