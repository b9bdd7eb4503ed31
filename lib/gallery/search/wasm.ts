/**
 * The few pieces of WebAssembly's binary format that the dot-product kernel needs, so that it can be assembled when
 * it is loaded: no build step, no binary file, no native add-on. Names and bytes follow the specification,
 * https://webassembly.github.io/spec/core/binary/. Code is a flat list of bytes; instructions are spread into it.
 */

export type Code = readonly number[];

const I32 = 0x7f;
const V128 = 0x7b;
const FUNCTION = 0x60;
const NO_RESULT = 0x40;
const END = 0x0b;
const MEMORY_IMPORT = 0x02;
const FUNCTION_EXPORT = 0x00;

/** Unsigned LEB128, the format's encoding of integers. */
function leb(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >>> 7;
  return rest === 0 ? [low] : [low | 0x80, ...leb(rest)];
}

const vector = (items: readonly Code[]): number[] => [...leb(items.length), ...items.flat()];
const name = (value: string): number[] => [...leb(value.length), ...Buffer.from(value)];
const section = (id: number, content: Code): number[] => [id, ...leb(content.length), ...content];
const simd = (opcode: number, ...immediates: number[]): number[] => [0xfd, ...leb(opcode), ...immediates];

export const localGet = (local: number): Code => [0x20, ...leb(local)];
export const localSet = (local: number): Code => [0x21, ...leb(local)];

/** A constant from 0 to 63: one byte of signed LEB128. */
export const i32Const = (value: number): Code => [0x41, value];
export const i32Add: Code = [0x6a];
export const i32Sub: Code = [0x6b];
export const i32ShiftLeft: Code = [0x74];
export const i32LessUnsigned: Code = [0x49];
/** [address, value] → [], at address + offset. */
export const i32Store = (offset: number): Code => [0x36, 2, ...leb(offset)];

/** Runs the body, and again as long as it leaves a value other than 0. */
export const repeatWhile = (body: Code): Code => [0x03, NO_RESULT, ...body, 0x0d, 0, END];

export const v128Zero: Code = simd(0x0c, ...new Array<number>(16).fill(0));
export const v128Load = (offset: number): Code => simd(0x00, 0, ...leb(offset));
/** Loads eight int8 and widens them to int16. */
export const i16x8Load8x8 = (offset: number): Code => simd(0x01, 0, ...leb(offset));
export const i32x4ExtractLane = (lane: number): Code => simd(0x1b, lane);
export const i32x4Add: Code = simd(0xae);
/** Multiplies eight int16 pairs and adds neighbours to four int32: pmaddwd on x86. */
export const i32x4DotI16x8: Code = simd(0xba);

export interface Routine {
  readonly exportName: string;
  /** int32 parameters: locals 0 to parameters − 1. */
  readonly parameters: number;
  /** Further int32 locals, numbered after the parameters, then the v128 locals. */
  readonly integers: number;
  readonly vectors: number;
  readonly body: Code;
}

/** A module of one routine that works on a memory imported as `env.memory`. */
export function assemble(routine: Routine): Uint8Array<ArrayBuffer> {
  const parameters = new Array<Code>(routine.parameters).fill([I32]);
  const locals = vector([
    [...leb(routine.integers), I32],
    [...leb(routine.vectors), V128],
  ]);
  const code = [...locals, ...routine.body, END];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d], // "\0asm"
    ...[0x01, 0x00, 0x00, 0x00], // version 1
    ...section(1, vector([[FUNCTION, ...vector(parameters), ...vector([])]])),
    ...section(2, vector([[...name('env'), ...name('memory'), MEMORY_IMPORT, 0x00, ...leb(0)]])),
    ...section(3, vector([leb(0)])),
    ...section(7, vector([[...name(routine.exportName), FUNCTION_EXPORT, ...leb(0)]])),
    ...section(10, vector([[...leb(code.length), ...code]])),
  ]);
}
