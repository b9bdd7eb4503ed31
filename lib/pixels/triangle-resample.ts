/**
 * Resampling to another size with a triangle filter: linear when enlarging, free of aliasing when shrinking. The loops
 * are WebAssembly SIMD (source: kernels/image.ts).
 */
import { CHANNELS, type Frame } from '../image/frame';
import { withScratch } from './kernel-memory';
import { allocateImage, resampleTable, storeTable, type ResampleTable } from './area-resample';
import { bandsOf, MOST_PIXELS } from './bands';

/** The triangle is two input pixels wide, or two output pixels where those are larger. */
function triangleTable(from: number, to: number): ResampleTable {
  const step = from / to;
  const radius = Math.max(1, step);
  const taps = Math.min(from, Math.ceil(2 * radius) + 1);
  return resampleTable(to, Math.ceil(taps / 2), (i) => {
    const centre = (i + 0.5) * step - 0.5;
    const start = Math.min(from - taps, Math.max(0, Math.ceil(centre - radius)));
    const sums = [0];
    for (let tap = 0; tap < taps; tap++) {
      sums.push(sums[tap]! + Math.max(0, 1 - Math.abs(start + tap - centre) / radius));
    }
    // Pixels outside the image have no weight: the others take their share.
    return { start, before: (tap) => sums[Math.min(tap, taps)]! / sums[taps]! };
  });
}

/** Fills the target, another frame, with the whole of the source. */
export function resample(source: Frame, target: Frame): void {
  const columns = triangleTable(source.width, target.width);
  const rows = triangleTable(source.height, target.height);
  const stride = source.width * CHANNELS;
  const rowBytes = target.width * CHANNELS;
  const entryBytes = (1 + rows.pairs) * Int32Array.BYTES_PER_ELEMENT;
  withScratch((memory) => {
    const columnsAt = storeTable(memory, columns);
    const rowsAt = storeTable(memory, rows);
    const scratchAt = memory.allocate(source.width * CHANNELS * Int16Array.BYTES_PER_ELEMENT);
    const bandAt = memory.allocate(MOST_PIXELS * CHANNELS);
    const { at: sourceAt } = allocateImage(memory, source, 'bytes');
    memory.bytes(sourceAt, source.data.length).set(source.data);
    for (const band of bandsOf(target)) {
      memory.kernels.resampleBytes(
        ...([sourceAt, stride, stride] as const),
        ...([columnsAt, columns.pairs, target.width] as const),
        ...([rowsAt + band.row * entryBytes, rows.pairs, band.rows] as const),
        ...([scratchAt, bandAt] as const),
      );
      target.data.set(memory.bytes(bandAt, band.rows * rowBytes), band.start * CHANNELS);
    }
  });
}
