/**
 * The inner loop of the search in WebAssembly SIMD: dot products of rows of 8-bit codes with one 16-bit probe. One
 * thread of it reads the codes about as fast as memory delivers them; docs/performance.md has the alternatives.
 */
import {
  assemble,
  i16x8Load8x8,
  i32Add,
  i32Const,
  i32LessUnsigned,
  i32ShiftLeft,
  i32Store,
  i32Sub,
  i32x4Add,
  i32x4DotI16x8,
  i32x4ExtractLane,
  localGet,
  localSet,
  repeatWhile,
  v128Load,
  v128Zero,
} from './wasm';
import type { Code } from './wasm';

/** Rows are taken four at a time, so that one load of the probe serves four of them. */
export const ROWS_PER_STEP = 4;
/** Codes of a row that one turn of the inner loop consumes: a row's stride is a multiple of it. */
export const CODES_PER_TURN = 16;

/**
 * Writes `steps × ROWS_PER_STEP` int32 dot products to `out`. All places are byte offsets in the kernel's memory.
 * @param rows the first row's int8 codes; the others follow without a gap
 * @param stride codes of a row, a positive multiple of CODES_PER_TURN
 * @param steps at least 1
 * @param probe `stride` int16 values, small enough that no sum leaves the int32 range
 */
export type DotKernel = (rows: number, stride: number, steps: number, probe: number, out: number) => void;

const [ROWS, STRIDE, STEPS, PROBE, OUT] = [0, 1, 2, 3, 4];
/** Where the probe ends, and how far the inner loop is in it. */
const [PROBE_END, PROBE_AT] = [5, 6];
/** How far the inner loop is in each of the four rows. */
const ROW_AT = [7, 8, 9, 10];
/** Sixteen values of the probe. */
const [PROBE_LOW, PROBE_HIGH] = [11, 12];
/** Four partial sums for each of the four rows. */
const SUMS = [13, 14, 15, 16];

const advance = (local: number, bytes: number): Code => [
  ...localGet(local),
  ...i32Const(bytes),
  ...i32Add,
  ...localSet(local),
];

/** Points at the four rows and clears their sums. */
const startRows = ROW_AT.flatMap((row, i) => [
  ...(i === 0 ? localGet(ROWS) : [...localGet(ROW_AT[i - 1]!), ...localGet(STRIDE), ...i32Add]),
  ...localSet(row),
  ...v128Zero,
  ...localSet(SUMS[i]!),
]);

/** sum += row[0..7] · PROBE_LOW + row[8..15] · PROBE_HIGH */
const accumulate = (row: number, sum: number): Code => [
  ...localGet(sum),
  ...localGet(row),
  ...i16x8Load8x8(0),
  ...localGet(PROBE_LOW),
  ...i32x4DotI16x8,
  ...i32x4Add,
  ...localGet(row),
  ...i16x8Load8x8(8),
  ...localGet(PROBE_HIGH),
  ...i32x4DotI16x8,
  ...i32x4Add,
  ...localSet(sum),
  ...advance(row, CODES_PER_TURN),
];

const alongTheRows = repeatWhile([
  ...localGet(PROBE_AT),
  ...v128Load(0),
  ...localSet(PROBE_LOW),
  ...localGet(PROBE_AT),
  ...v128Load(16),
  ...localSet(PROBE_HIGH),
  ...ROW_AT.flatMap((row, i) => accumulate(row, SUMS[i]!)),
  ...advance(PROBE_AT, 2 * CODES_PER_TURN),
  ...localGet(PROBE_AT),
  ...localGet(PROBE_END),
  ...i32LessUnsigned,
]);

const storeSums = SUMS.flatMap((sum, i) => [
  ...localGet(OUT),
  ...[0, 1, 2, 3].flatMap((lane) => [
    ...localGet(sum),
    ...i32x4ExtractLane(lane),
    ...(lane === 0 ? [] : i32Add),
  ]),
  ...i32Store(4 * i),
]);

const kernel = assemble({
  exportName: 'dots',
  parameters: 5,
  integers: 2 + ROW_AT.length,
  vectors: 2 + SUMS.length,
  body: [
    ...localGet(PROBE),
    ...localGet(STRIDE),
    ...i32Const(1),
    ...i32ShiftLeft, // two bytes a value
    ...i32Add,
    ...localSet(PROBE_END),
    ...repeatWhile([
      ...startRows,
      ...localGet(PROBE),
      ...localSet(PROBE_AT),
      ...alongTheRows,
      ...storeSums,
      ...advance(OUT, 4 * ROWS_PER_STEP),
      // The fourth row has been read to its end, where the next four rows begin.
      ...localGet(ROW_AT[3]!),
      ...localSet(ROWS),
      ...localGet(STEPS),
      ...i32Const(1),
      ...i32Sub,
      ...localSet(STEPS),
      ...localGet(STEPS),
    ]),
  ],
});

let compiled: WebAssembly.Module | undefined;

/** The kernel working on a memory; compiled once for a thread. */
export function dotKernel(memory: WebAssembly.Memory): DotKernel {
  compiled ??= new WebAssembly.Module(kernel);
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports['dots'] as DotKernel;
}
