/** Shrinking by area averaging: every output pixel is the mean of the rectangle of the input that it covers. */
import { CHANNELS } from './frame';
import type { KernelMemory } from './kernels';

/**
 * Area averaging along one axis: output pixel i is the weighted sum of `taps` input pixels from `starts[i]`, its
 * weights lying at `weights[i × taps]`.
 */
export interface AreaKernel {
  readonly taps: number;
  readonly starts: Int32Array;
  readonly weights: Float32Array;
}

/** Output pixel i of `to` covers the interval [i, i + 1) · from / to of the input. */
export function areaKernel(from: number, to: number): AreaKernel {
  const step = from / to;
  const taps = Math.min(from, Math.ceil(step) + 1);
  const starts = new Int32Array(to);
  const weights = new Float32Array(to * taps);
  for (let i = 0; i < to; i++) {
    const begin = i * step;
    const end = begin + step;
    const start = Math.min(Math.floor(begin), from - taps);
    starts[i] = start;
    for (let k = 0; k < taps; k++) {
      const covered = Math.min(end, start + k + 1) - Math.max(begin, start + k);
      weights[i * taps + k] = Math.max(0, covered) / step;
    }
  }
  return { taps, starts, weights };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Shrinks images of one size to one smaller size, within a kernel memory; `run` takes addresses there. */
export class AreaResampler {
  /** Address of the result: three planes of width × height floats. */
  readonly targetAt: number;
  private readonly columns: AreaKernel;
  private readonly rows: AreaKernel;
  private readonly columnsAt: number;
  private readonly rowsAt: number;
  private readonly scratchAt: number;

  constructor(
    private readonly memory: KernelMemory,
    private readonly from: Size,
    private readonly to: Size,
  ) {
    this.columns = areaKernel(from.width, to.width);
    this.rows = areaKernel(from.height, to.height);
    this.columnsAt = this.store(this.columns);
    this.rowsAt = this.store(this.rows);
    this.scratchAt = memory.allocate(from.width * CHANNELS * Float32Array.BYTES_PER_ELEMENT);
    this.targetAt = memory.allocate(to.width * to.height * CHANNELS * Float32Array.BYTES_PER_ELEMENT);
  }

  /** Interleaved RGB bytes → planes. */
  fromBytes(sourceAt: number): void {
    const { columns, rows, from, to } = this;
    this.memory.kernels.shrinkBytes(
      ...([sourceAt, from.width, this.columnsAt, columns.taps, to.width] as const),
      ...([this.rowsAt, rows.taps, to.height, this.scratchAt, this.targetAt] as const),
    );
  }

  /** Planes → smaller planes. */
  fromPlanes(sourceAt: number): void {
    const { columns, rows, from, to } = this;
    this.memory.kernels.shrinkPlanes(
      ...([sourceAt, from.width, from.height, this.columnsAt, columns.taps, to.width] as const),
      ...([this.rowsAt, rows.taps, to.height, this.scratchAt, this.targetAt] as const),
    );
  }

  private store({ starts, weights }: AreaKernel): number {
    const at = this.memory.allocate(starts.byteLength + weights.byteLength);
    this.memory.integers(at, starts.length).set(starts);
    this.memory.floats(at + starts.byteLength, weights.length).set(weights);
    return at;
  }
}
