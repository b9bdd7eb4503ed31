/** Cuts candidates out of the frame, at the size that the next network takes. */
import type { ScoredBox } from '../geometry/nms';
import { CHANNELS, type Frame } from '../image/frame';
import type { PyramidLevel } from './pyramid';

/** Pixels as a grid with strides, so that the frame (interleaved bytes) and a level (float planes) read alike. */
interface Grid {
  readonly data: Uint8Array | Float32Array;
  readonly width: number;
  readonly height: number;
  readonly scaleX: number;
  readonly scaleY: number;
  readonly pixelStride: number;
  readonly planeStride: number;
}

/**
 * Crops from whichever is nearest above the wanted size: the frame or a pyramid level. Bilinear sampling then
 * shrinks by less than one pyramid step, so it does not alias.
 */
export class Cropper {
  private readonly grids: readonly Grid[];

  constructor(frame: Frame, levels: readonly PyramidLevel[]) {
    this.grids = [
      { ...frame, scaleX: 1, scaleY: 1, pixelStride: CHANNELS, planeStride: 1 },
      ...levels.map((level) => ({ ...level, pixelStride: 1, planeStride: level.width * level.height })),
    ].sort((a, b) => b.scaleX - a.scaleX);
  }

  /**
   * Writes the square box, resized to size × size, as three planes at `offset` of `target`. What lies outside the
   * frame is black, as in training.
   */
  crop(box: ScoredBox, size: number, target: Float32Array, offset: number): void {
    const side = box.x2 - box.x1;
    const grid = this.grids.findLast(({ scaleX }) => side * scaleX >= size) ?? this.grids[0]!;
    sampleBilinear(grid, box, size, target, offset);
  }
}

function sampleBilinear(
  grid: Grid,
  box: ScoredBox,
  size: number,
  target: Float32Array,
  offset: number,
): void {
  const { data, width, height, scaleX, scaleY, pixelStride, planeStride } = grid;
  const stepX = ((box.x2 - box.x1) * scaleX) / size;
  const stepY = ((box.y2 - box.y1) * scaleY) / size;
  // Pixel centres lie at half-integers.
  const left = box.x1 * scaleX + stepX / 2 - 0.5;
  const top = box.y1 * scaleY + stepY / 2 - 0.5;
  const plane = size * size;
  const rowStride = width * pixelStride;
  for (let v = 0; v < size; v++) {
    const y = top + v * stepY;
    const inRow = y > -0.5 && y < height - 0.5;
    const y0 = Math.min(Math.max(Math.floor(y), 0), height - 1);
    const y1 = Math.min(y0 + 1, height - 1);
    const fy = Math.min(Math.max(y - y0, 0), 1);
    for (let u = 0; u < size; u++) {
      const to = offset + v * size + u;
      const x = left + u * stepX;
      if (!inRow || x <= -0.5 || x >= width - 0.5) {
        target[to] = target[to + plane] = target[to + 2 * plane] = 0;
        continue;
      }
      const x0 = Math.min(Math.max(Math.floor(x), 0), width - 1);
      const fx = Math.min(Math.max(x - x0, 0), 1);
      const right = x0 + 1 < width ? pixelStride : 0;
      const upper = y0 * rowStride + x0 * pixelStride;
      const lower = y1 * rowStride + x0 * pixelStride;
      const w00 = (1 - fx) * (1 - fy);
      const w10 = fx * (1 - fy);
      const w01 = (1 - fx) * fy;
      const w11 = fx * fy;
      for (let c = 0; c < CHANNELS; c++) {
        const a = upper + c * planeStride;
        const b = lower + c * planeStride;
        target[to + c * plane] =
          w00 * data[a]! + w10 * data[a + right]! + w01 * data[b]! + w11 * data[b + right]!;
      }
    }
  }
}
