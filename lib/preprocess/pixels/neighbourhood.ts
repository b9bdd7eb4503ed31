/**
 * Filters over a neighbourhood as WebAssembly SIMD, 16 bytes at a time. The image passes through in bands of rows
 * whose borders are padded by repeating the outermost pixels, so that the loops know no borders and the memory stays
 * small whatever the image's size.
 */
import {
  assemble,
  get,
  i16x8Add,
  i16x8Multiply,
  i16x8ShiftRight,
  i16x8Splat,
  i32Const,
  i32Sub,
  increase,
  LANES,
  repeatWhileBelow,
  set,
  u8x16Max,
  u8x16Min,
  u8x16Narrow,
  v128Load,
  v128LoadSplat16,
  v128LoadWidened,
  v128Store,
  WASM_PAGE_BYTES,
  type Code,
  type Kernel,
} from '../../wasm';
import { CHANNELS, MAX_SIDE } from '../../image/frame';
import { padRow, type Image } from './image';

/** The largest convolution kernel reaches this many pixels to each side. */
export const MAX_REACH = 9;
/** Weights of a convolution sum to this, so that a weighted sum of bytes fits 16 bits. */
export const WEIGHT_SUM = 256;
/** A band is about this large: it and its result stay in the processor's second-level cache. */
const BAND_BYTES = 262_144;
/** The weights lie at the start of the memory, the bands behind them. */
const BANDS_AT = 2 * LANES * Math.ceil((MAX_REACH + 1) / LANES);

/** Rows of a band for the widest image, and its borders. */
const FEWEST_ROWS = 2 * MAX_REACH;
const LARGEST_BAND = (FEWEST_ROWS + 2 * MAX_REACH) * (MAX_SIDE + 2 * MAX_REACH) * CHANNELS;

/**
 * Room for two bands of the widest image, of which only what is used is ever backed by real memory. It does not
 * grow: growing detaches the old buffer, and once any buffer has been detached, V8 checks for it at every access to
 * every typed array, which halves the speed of all loops over pixels.
 */
const memory = new WebAssembly.Memory({ initial: Math.ceil((2 * LARGEST_BAND) / WASM_PAGE_BYTES) + 1 });

/**
 * target = Σ weights[|k|] · source at k pixels, first along rows, then along columns.
 * @param weights weights[0] for the centre, weights[k] for both pixels at distance k; weights[0] + 2 Σ weights[k] is
 *   WEIGHT_SUM, none is negative, and there are at most MAX_REACH + 1.
 * @param target of the source's size, another image
 */
export function convolve(source: Image, target: Image, weights: readonly number[]): void {
  const reach = weights.length - 1;
  forEachBand(source, target, reach, ({ first, second, stride, rows }) => {
    new Uint16Array(memory.buffer, 0, weights.length).set(weights);
    const pixel = reach * source.channels;
    const allRows = rows + 2 * reach;
    convolution(first + pixel, second + pixel, second + allRows * stride - pixel, source.channels, reach);
    const row = reach * stride;
    convolution(second + row, first + row, first + row + rows * stride, stride, reach);
    return first + row + pixel;
  });
}

/** target = the median of each channel over (2 · radius + 1)² pixels. @param radius 1 or 2 */
export function medianFilter(source: Image, target: Image, radius: number): void {
  const kernel = medianKernel(radius);
  forEachBand(source, target, radius, ({ first, second, stride, rows }) => {
    kernel(first, second, second + rows * stride, stride);
    return second;
  });
}

interface Band {
  /** Where the padded rows lie, and where as many bytes are free. */
  readonly first: number;
  readonly second: number;
  /** Bytes of a padded row. */
  readonly stride: number;
  /** Rows of the result; the padded band has `reach` more above and below. */
  readonly rows: number;
}

/**
 * Pads band after band of the source into the memory, lets `filter` run over it and copies the rows of the result
 * from where it says that they begin.
 */
function forEachBand(source: Image, target: Image, reach: number, filter: (band: Band) => number): void {
  const { width, height, channels } = source;
  const stride = (width + 2 * reach) * channels;
  const bandRows = Math.min(height, Math.max(FEWEST_ROWS, Math.ceil(BAND_BYTES / stride)));
  // A loop reads and writes up to one register past its last byte.
  const bandBytes = (bandRows + 2 * reach) * stride + 2 * LANES;
  const first = BANDS_AT;
  const second = first + Math.ceil(bandBytes / LANES) * LANES;
  const bytes = new Uint8Array(memory.buffer);
  const rowBytes = width * channels;
  for (let top = 0; top < height; top += bandRows) {
    const rows = Math.min(bandRows, height - top);
    for (let i = 0; i < rows + 2 * reach; i++) {
      const y = Math.min(height - 1, Math.max(0, top + i - reach));
      padRow(
        source.data.subarray(y * rowBytes, (y + 1) * rowBytes),
        bytes,
        first + i * stride,
        reach,
        channels,
      );
    }
    const result = filter({ first, second, stride, rows });
    for (let i = 0; i < rows; i++) {
      const from = result + i * stride;
      target.data.set(bytes.subarray(from, from + rowBytes), (top + i) * rowBytes);
    }
  }
}

/**
 * Parameters: from, to, end (of to), step (bytes from one tap to the next), reach (at least 1). A 16-bit lane holds
 * the sum of a pixel: at most 255 · 256 plus the rounding half.
 */
const convolution: Kernel = (() => {
  const [from, to, end, step, reach] = [0, 1, 2, 3, 4];
  const [left, right, tap, weight] = [5, 6, 7, 8];
  const [low, high] = [9, 10];
  const WEIGHT_BYTES = 2;
  const HALF = WEIGHT_SUM / 2;
  const SHIFT = Math.log2(WEIGHT_SUM);
  const times = (weightAt: Code): Code => [...weightAt, ...v128LoadSplat16(), ...i16x8Multiply];
  const centre = (half: number, offset: number): Code => [
    ...get(from),
    ...v128LoadWidened(offset),
    ...times(i32Const(0)),
    ...i32Const(HALF),
    ...i16x8Splat,
    ...i16x8Add,
    ...set(half),
  ];
  const addPair = (half: number, offset: number): Code => [
    ...get(left),
    ...v128LoadWidened(offset),
    ...get(right),
    ...v128LoadWidened(offset),
    ...i16x8Add,
    ...times(get(weight)),
    ...get(half),
    ...i16x8Add,
    ...set(half),
  ];
  const normalise = (half: number): Code => [...get(half), ...i32Const(SHIFT), ...i16x8ShiftRight];
  const code = repeatWhileBelow(to, get(end), [
    ...centre(low, 0),
    ...centre(high, LANES / 2),
    ...[...get(from), ...set(left), ...get(from), ...set(right)],
    ...[...i32Const(0), ...set(tap), ...i32Const(0), ...set(weight)],
    ...repeatWhileBelow(tap, get(reach), [
      ...[...get(left), ...get(step), ...i32Sub, ...set(left)],
      ...increase(right, get(step)),
      ...increase(weight, i32Const(WEIGHT_BYTES)),
      ...addPair(low, 0),
      ...addPair(high, LANES / 2),
      ...increase(tap, i32Const(1)),
    ]),
    ...[...get(to), ...normalise(low), ...normalise(high), ...u8x16Narrow, ...v128Store()],
    ...increase(from, i32Const(LANES)),
    ...increase(to, i32Const(LANES)),
  ]);
  return assemble(
    memory,
    5,
    [
      [4, 'i32'],
      [2, 'v128'],
    ],
    code,
  );
})();

const medianKernels = new Map<number, Kernel>();

function medianKernel(radius: number): Kernel {
  const kernel = medianKernels.get(radius) ?? assembleMedian(radius);
  medianKernels.set(radius, kernel);
  return kernel;
}

/**
 * Parameters: from (top left of the first window), to, end (of to), stride. "Forgetful selection" (McGuire, "A fast,
 * small-radius GPU median filter", ShaderX6, 2008): of half the values plus two, neither the least nor the greatest
 * can be the median; forget both, take in another value, and so on until three are left.
 */
function assembleMedian(radius: number): Kernel {
  const [from, to, end, stride, row] = [0, 1, 2, 3, 4];
  const side = 2 * radius + 1;
  const count = side * side;
  const startWith = Math.floor(count / 2) + 2;
  const spare = 5;
  const value = (index: number): number => spare + 1 + index;

  let taken = 0;
  const take = (local: number): Code => {
    const column = taken % side;
    const isNewRow = column === 0 && taken > 0;
    taken++;
    return [
      ...(isNewRow ? increase(row, get(stride)) : []),
      ...get(row),
      ...v128Load(column * CHANNELS),
      ...set(local),
    ];
  };
  /** The lesser value goes to the first local, the greater to the second. */
  const order = (first: number, second: number): Code => [
    ...[...get(first), ...get(second), ...u8x16Min, ...set(spare)],
    ...[...get(first), ...get(second), ...u8x16Max, ...set(second)],
    ...[...get(spare), ...set(first)],
  ];
  const leastFirstGreatestLast = (pool: readonly number[]): Code => {
    const last = pool.length - 1;
    const half = Math.ceil(pool.length / 2);
    const steps: Code[] = [];
    for (let i = 0; i < pool.length - half; i++) steps.push(order(pool[i]!, pool[last - i]!));
    for (let i = 1; i < half; i++) steps.push(order(pool[0]!, pool[i]!));
    for (let i = pool.length - half; i < last; i++) steps.push(order(pool[i]!, pool[last]!));
    return steps.flat();
  };

  let pool = Array.from({ length: startWith }, (_, index) => value(index));
  const code: Code[] = [pool.flatMap(take), leastFirstGreatestLast(pool)];
  while (pool.length > 3) {
    const freed = pool[0]!;
    pool = [...pool.slice(1, -1), freed];
    code.push(take(freed), leastFirstGreatestLast(pool));
  }
  const body = repeatWhileBelow(to, get(end), [
    ...[...get(from), ...set(row)],
    ...code.flat(),
    ...[...get(to), ...get(pool[1]!), ...v128Store()],
    ...increase(from, i32Const(LANES)),
    ...increase(to, i32Const(LANES)),
  ]);
  return assemble(
    memory,
    4,
    [
      [1, 'i32'],
      [startWith + 1, 'v128'],
    ],
    body,
  );
}
