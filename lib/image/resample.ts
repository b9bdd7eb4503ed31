/** Shrinking images by area averaging, into the planar float layout that networks take. */
import { CHANNELS, type Frame } from './frame';

/** Three planes one after the other (CHW), values 0..255. */
export interface PlanarImage {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

/**
 * Area averaging along one axis: output pixel i is the weighted mean of `taps` input pixels from `starts[i]`,
 * its weights lying at `weights[i × taps]`.
 */
interface Kernel {
  readonly taps: number;
  readonly starts: Int32Array;
  readonly weights: Float32Array;
}

/** Output pixel i of `to` covers the interval [i, i + 1) · from / to of the input. */
function areaKernel(from: number, to: number): Kernel {
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

/** Shrinks frames and planes of one size to one smaller size; keeps its kernels and scratch row between calls. */
export class AreaResampler {
  private readonly columns: Kernel;
  private readonly rows: Kernel;
  private readonly scratch: Float32Array;

  constructor(
    private readonly fromWidth: number,
    fromHeight: number,
    private readonly width: number,
    private readonly height: number,
  ) {
    this.columns = areaKernel(fromWidth, width);
    this.rows = areaKernel(fromHeight, height);
    this.scratch = new Float32Array(fromWidth * CHANNELS);
  }

  /** Interleaved bytes → planes. `target` holds 3 × height × width floats. */
  fromFrame(frame: Frame, target: Float32Array): void {
    const stride = this.fromWidth * CHANNELS;
    const plane = this.width * this.height;
    for (let y = 0; y < this.height; y++) {
      averageRows(frame.data, this.rows, y, stride, 0, this.scratch);
      for (let c = 0; c < CHANNELS; c++) {
        averageColumns(
          this.scratch,
          c,
          CHANNELS,
          this.columns,
          target,
          c * plane + y * this.width,
          this.width,
        );
      }
    }
  }

  /** Planes → smaller planes. */
  fromPlanes(source: Float32Array, target: Float32Array): void {
    const fromPlane = source.length / CHANNELS;
    const plane = this.width * this.height;
    for (let c = 0; c < CHANNELS; c++) {
      for (let y = 0; y < this.height; y++) {
        averageRows(source, this.rows, y, this.fromWidth, c * fromPlane, this.scratch);
        averageColumns(this.scratch, 0, 1, this.columns, target, c * plane + y * this.width, this.width);
      }
    }
  }
}

/** scratch[x] = weighted mean over the rows that output row y covers; `stride` elements a row. */
function averageRows(
  source: Float32Array | Uint8Array,
  rows: Kernel,
  y: number,
  stride: number,
  offset: number,
  scratch: Float32Array,
): void {
  const { taps, weights } = rows;
  const first = offset + rows.starts[y]! * stride;
  for (let k = 0; k < taps; k++) {
    const weight = weights[y * taps + k]!;
    const from = first + k * stride;
    if (k === 0) for (let x = 0; x < stride; x++) scratch[x] = weight * source[from + x]!;
    else if (weight > 0) for (let x = 0; x < stride; x++) scratch[x]! += weight * source[from + x]!;
  }
}

/** target[offset + x] = weighted mean over the columns that output column x covers. */
function averageColumns(
  row: Float32Array,
  channel: number,
  pixelStride: number,
  columns: Kernel,
  target: Float32Array,
  offset: number,
  width: number,
): void {
  const { taps, starts, weights } = columns;
  for (let x = 0, w = 0; x < width; x++) {
    let from = starts[x]! * pixelStride + channel;
    let sum = 0;
    for (let k = 0; k < taps; k++, w++, from += pixelStride) sum += weights[w]! * row[from]!;
    target[offset + x] = sum;
  }
}
