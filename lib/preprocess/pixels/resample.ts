/** Resampling to another size with a triangle filter: linear when enlarging, free of aliasing when shrinking. */
import { CHANNELS, type Frame } from '../../image/frame';

/** Output value i of an axis is the sum of `taps` input values from `starts[i]`, weighted from `weights[i × taps]`. */
interface Kernel {
  readonly taps: number;
  readonly starts: Int32Array;
  readonly weights: Float64Array;
}

/** The triangle is two input pixels wide, or two output pixels where those are larger. */
function triangleKernel(from: number, to: number): Kernel {
  const step = from / to;
  const radius = Math.max(1, step);
  const taps = Math.min(from, Math.ceil(2 * radius) + 1);
  const starts = new Int32Array(to);
  const weights = new Float64Array(to * taps);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * step - 0.5;
    const start = Math.min(from - taps, Math.max(0, Math.ceil(centre - radius)));
    starts[i] = start;
    const row = weights.subarray(i * taps, (i + 1) * taps);
    // Pixels outside the image have no weight: the others take their share.
    for (let k = 0; k < taps; k++) row[k] = Math.max(0, 1 - Math.abs(start + k - centre) / radius);
    const sum = row.reduce((total, weight) => total + weight, 0);
    for (let k = 0; k < taps; k++) row[k]! /= sum;
  }
  return { taps, starts, weights };
}

/** Fills the target, another frame, with the whole of the source. */
export function resample(source: Frame, target: Frame): void {
  const columns = triangleKernel(source.width, target.width);
  const rows = triangleKernel(source.height, target.height);
  const line = new Float64Array(source.width * CHANNELS);
  for (let y = 0; y < target.height; y++) {
    line.fill(0);
    for (let k = 0; k < rows.taps; k++) {
      const weight = rows.weights[y * rows.taps + k]!;
      if (weight > 0) addWeighted(source.data, (rows.starts[y]! + k) * line.length, weight, line);
    }
    resampleLine(line, columns, target.data, y * target.width * CHANNELS);
  }
}

function addWeighted(data: Uint8Array, start: number, weight: number, line: Float64Array): void {
  for (let i = 0; i < line.length; i++) line[i]! += weight * data[start + i]!;
}

function resampleLine(line: Float64Array, columns: Kernel, out: Uint8Array, start: number): void {
  const { taps, starts, weights } = columns;
  for (let x = 0, to = start, w = 0; x < starts.length; x++, to += CHANNELS) {
    let red = 0.5;
    let green = 0.5;
    let blue = 0.5;
    for (let k = 0, at = starts[x]! * CHANNELS; k < taps; k++, w++, at += CHANNELS) {
      const weight = weights[w]!;
      red += weight * line[at]!;
      green += weight * line[at + 1]!;
      blue += weight * line[at + 2]!;
    }
    out[to] = red;
    out[to + 1] = green;
    out[to + 2] = blue;
  }
}
