/**
 * A small assembler for WebAssembly with 128-bit SIMD: enough to write an inner loop over bytes in TypeScript, with
 * no build step, no binary file and no native add-on. Code is a list of bytes of the binary format
 * (https://webassembly.github.io/spec/core/binary/); what runs and how it is laid out in memory is the caller's.
 */

export type Code = readonly number[];
export type ValueType = 'i32' | 'v128';
/** Runs the assembled loop; every argument is an int32, mostly a byte offset in the memory. */
export type Kernel = (...args: number[]) => void;

export const WASM_PAGE_BYTES = 65_536;
/** Bytes of one SIMD register. */
export const LANES = 16;

const TYPES: Record<ValueType, number> = { i32: 0x7f, v128: 0x7b };
const EMPTY_BLOCK = 0x40;

/** Unsigned LEB128, the format's encoding of sizes and indices. */
function unsigned(value: number): number[] {
  const rest = value >>> 7;
  return rest === 0 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(rest)];
}

/** Signed LEB128, the encoding of constants. */
function signed(value: number): number[] {
  const rest = value >> 7;
  const signBitAgrees = rest === ((value & 0x40) === 0 ? 0 : -1);
  return signBitAgrees ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(rest)];
}

const list = (items: readonly Code[]): number[] => [...unsigned(items.length), ...items.flat()];
const section = (id: number, content: Code): number[] => [id, ...unsigned(content.length), ...content];
const text = (value: string): number[] => [...unsigned(value.length), ...Buffer.from(value)];
const simd = (opcode: number, ...immediates: number[]): number[] => [
  0xfd,
  ...unsigned(opcode),
  ...immediates,
];

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number): Code => [0x21, ...unsigned(local)];
export const i32Const = (value: number): Code => [0x41, ...signed(value)];
export const i32Add: Code = [0x6a];
export const i32Sub: Code = [0x6b];
export const i32LessUnsigned: Code = [0x49];

/** 16 bytes from the address on the stack plus `offset`, at any alignment. */
export const v128Load = (offset = 0): Code => simd(0x00, 0, ...unsigned(offset));
/** Eight bytes, each widened to an unsigned 16-bit lane. */
export const v128LoadWidened = (offset = 0): Code => simd(0x02, 0, ...unsigned(offset));
/** One 16-bit value in all eight lanes. */
export const v128LoadSplat16 = (offset = 0): Code => simd(0x08, 0, ...unsigned(offset));
export const v128Store = (offset = 0): Code => simd(0x0b, 0, ...unsigned(offset));
export const i16x8Splat: Code = simd(0x10);
/** Two vectors of 16-bit lanes become one of bytes, saturating at 255. */
export const u8x16Narrow: Code = simd(0x66);
export const u8x16Min: Code = simd(0x77);
export const u8x16Max: Code = simd(0x79);
export const i16x8ShiftRight: Code = simd(0x8d);
export const i16x8Add: Code = simd(0x8e);
export const i16x8Multiply: Code = simd(0x95);

/** local += by */
export const increase = (local: number, by: Code): Code => [...get(local), ...by, ...i32Add, ...set(local)];
/** Repeats the body while the local stays below the limit; runs it at least once. */
export const repeatWhileBelow = (local: number, limit: Code, body: Code): Code => [
  0x03,
  EMPTY_BLOCK,
  ...body,
  ...get(local),
  ...limit,
  ...i32LessUnsigned,
  ...[0x0d, 0], // br_if to the loop's start
  0x0b,
];

/**
 * Compiles one function over the given memory. Its parameters are int32 locals 0, 1, …; the other locals follow in
 * the order in which they are declared.
 */
export function assemble(
  memory: WebAssembly.Memory,
  parameters: number,
  locals: readonly (readonly [count: number, type: ValueType])[],
  code: Code,
): Kernel {
  const declarations = list(locals.map(([count, type]) => [...unsigned(count), TYPES[type]]));
  const body = [...declarations, ...code, 0x0b];
  const signature = [0x60, ...list(new Array<Code>(parameters).fill([TYPES.i32])), 0];
  const bytes = Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d], // "\0asm"
    ...[0x01, 0x00, 0x00, 0x00], // version 1
    ...section(1, list([signature])),
    ...section(2, list([[...text('env'), ...text('memory'), 0x02, 0x00, 0x00]])),
    ...section(3, list([[0]])),
    ...section(7, list([[...text('run'), 0x00, 0x00]])),
    ...section(10, list([[...unsigned(body.length), ...body]])),
  ]);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  return exports['run'] as Kernel;
}
