/**
 * Large levels of the pyramid go through P-Net in strips, because what its first layer makes of a whole one does not fit
 * into the processor's caches (docs/notes/performance.md). The results are those of whole levels.
 */
import type { ResultRows } from '../../pixels/area-resample';
import type { Tensor } from '../../inference/network';

/** Side of P-Net's receptive field, pixels. */
export const PROPOSAL_SIZE = 12;
/** P-Net's max-pooling halves the resolution: neighbouring cells of its prediction map lie two pixels apart. */
export const STRIDE = 2;

/** Pixels of a strip, about: 116 rows of a level that is 768 wide. */
export const STRIP_PIXELS = 89_000;

/**
 * A level cut into strips of about equal height. They overlap, so that their prediction maps on top of each other are that
 * of the level: a row of the map is made from PROPOSAL_SIZE rows of pixels.
 * @param pixels of a strip, at most about
 */
export function stripsOf({ width, height }: { width: number; height: number }, pixels: number): ResultRows[] {
  const rows = Math.floor((height - PROPOSAL_SIZE) / STRIDE) + 1;
  const count = Math.min(rows, Math.max(1, Math.round((width * height) / pixels)));
  return Array.from({ length: count }, (_, index) => {
    const first = Math.round((index * rows) / count);
    const end = Math.round(((index + 1) * rows) / count);
    const top = first * STRIDE;
    // What a last row of pixels adds is P-Net's own affair.
    const bottom = index === count - 1 ? height : (end - 1) * STRIDE + PROPOSAL_SIZE;
    return { top, height: bottom - top };
  });
}

/** Prediction maps [1, planes, rows, columns] on top of each other. */
export function stacked(outputs: readonly Tensor[]): Tensor {
  const [first] = outputs;
  if (outputs.length === 1) return first!;
  const [, planes = 0, , columns = 0] = first!.dims;
  const rows = outputs.reduce((sum, { dims }) => sum + dims[2]!, 0);
  const data = new Float32Array(planes * rows * columns);
  let above = 0;
  for (const output of outputs) {
    const length = output.dims[2]! * columns;
    for (let plane = 0; plane < planes; plane++) {
      data.set(output.data.subarray(plane * length, (plane + 1) * length), plane * rows * columns + above);
    }
    above += length;
  }
  return { data, dims: [1, planes, rows, columns] };
}
