/** The inner loop of the search as WebAssembly SIMD (source: kernels/dot.ts). */
import { openKernels } from '../../core/kernel-module';

/** Rows are taken four at a time. */
export const ROWS_PER_STEP = 4;
/** A row's stride is a multiple of it. */
export const CODES_PER_TURN = 16;

/**
 * Writes `steps × ROWS_PER_STEP` int32 dot products to `out`. All places are byte offsets in the kernel's memory.
 * @param rows the first row's int8 codes; the others follow without a gap
 * @param stride codes of a row, a positive multiple of CODES_PER_TURN
 * @param steps at least 1
 * @param probe `stride` int16 values, small enough that no sum leaves the int32 range
 */
export type DotKernel = (rows: number, stride: number, steps: number, probe: number, out: number) => void;

/** The kernel working on a memory. */
export function dotKernel(memory: WebAssembly.Memory): DotKernel {
  return openKernels('dot', memory)['dots'] as DotKernel;
}
