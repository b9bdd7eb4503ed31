/** Reading a rotated and scaled square out of a frame. */
import { invertSimilarity, type Similarity } from '../geometry/similarity';
import { CHANNELS, createFrame, type Frame } from './frame';

/** Above this shrinking, one bilinear sample would skip pixels and alias. */
const PIXELS_PER_SAMPLE = 1.5;

/**
 * The size × size square that `transform` maps frame pixels onto, as an RGB frame. Bilinear; where a pixel of the
 * square covers several of the frame, the mean of a grid of samples. Outside the frame is black.
 */
export function warpSquare(frame: Frame, transform: Similarity, size: number): Frame {
  const square = createFrame(size, size, frame);
  const inverse = invertSimilarity(transform);
  const grid = Math.max(1, Math.round(Math.hypot(inverse.a, inverse.b) / PIXELS_PER_SAMPLE));
  const share = 1 / (grid * grid);
  const sum = new Float32Array(CHANNELS);
  for (let v = 0, to = 0; v < size; v++) {
    for (let u = 0; u < size; u++, to += CHANNELS) {
      sum.fill(0);
      for (let j = 0; j < grid; j++) {
        for (let i = 0; i < grid; i++) {
          // Pixel centres of the square's pixel (u, v) split into grid × grid; grid = 1 gives (u, v) itself.
          const x = u + (i + 0.5) / grid - 0.5;
          const y = v + (j + 0.5) / grid - 0.5;
          const { a, b, tx, ty } = inverse;
          addBilinear(frame, a * x - b * y + tx, b * x + a * y + ty, share, sum);
        }
      }
      square.data[to] = sum[0]! + 0.5;
      square.data[to + 1] = sum[1]! + 0.5;
      square.data[to + 2] = sum[2]! + 0.5;
    }
  }
  return square;
}

/** Adds share × the colour at (x, y); pixel (0, 0) has its centre at (0, 0). */
function addBilinear({ data, width, height }: Frame, x: number, y: number, share: number, sum: Float32Array): void {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const fx = x - x0;
  const fy = y - y0;
  for (let dy = 0; dy < 2; dy++) {
    const row = y0 + dy;
    if (row < 0 || row >= height) continue;
    for (let dx = 0; dx < 2; dx++) {
      const column = x0 + dx;
      if (column < 0 || column >= width) continue;
      const weight = share * (dx === 0 ? 1 - fx : fx) * (dy === 0 ? 1 - fy : fy);
      const from = (row * width + column) * CHANNELS;
      sum[0]! += weight * data[from]!;
      sum[1]! += weight * data[from + 1]!;
      sum[2]! += weight * data[from + 2]!;
    }
  }
}

