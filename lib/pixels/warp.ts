/**
 * Reading a frame at other places than its pixels: bilinear interpolation, black outside the frame. The loops are
 * WebAssembly SIMD (source: kernels/geometry.ts).
 */
import { CHANNELS, type Frame } from '../image/frame';
import { withScratch } from './kernel-memory';
import { bandsOf, MOST_PIXELS } from './bands';
import { invert, type Homography, type Lens } from '../geometry/transform';

/** Where the pixels of the target lie in the source. */
export interface Places {
  readonly kernel: 'projectRow' | 'distortRow';
  /** What the kernel wants to know, as it is explained there. */
  readonly numbers: Float32Array;
}

/** The pixels of the result of a homography that maps the source onto it. */
export function placesOfHomography(matrix: Homography): Places {
  return { kernel: 'projectRow', numbers: Float32Array.from(invert(matrix)) };
}

/** The pixels of an image without the lens's distortion. */
export function placesOfLens({ focal, centre, k1, k2, k3, p1, p2 }: Lens): Places {
  return {
    kernel: 'distortRow',
    numbers: Float32Array.of(focal, centre.x, centre.y, k1, k2, k3, p1, p2),
  };
}

/**
 * The target is filled in blocks of this many columns: what of a source that is turned far comes row after row of the
 * block stays in the processor's first-level cache.
 */
const BLOCK = 128;

/** Fills the target, another frame of any size, from these places in the source. */
export function warp(source: Frame, target: Frame, { kernel, numbers }: Places): void {
  const { width, height } = source;
  const rowBytes = target.width * CHANNELS;
  withScratch((memory) => {
    const numbersAt = memory.allocate(numbers.byteLength);
    const usAt = memory.allocate(BLOCK * Int32Array.BYTES_PER_ELEMENT);
    const vsAt = memory.allocate(BLOCK * Int32Array.BYTES_PER_ELEMENT);
    const bandAt = memory.allocate(MOST_PIXELS * CHANNELS);
    const sourceAt = memory.allocate(source.data.length);
    memory.floats(numbersAt, numbers.length).set(numbers);
    memory.bytes(sourceAt, source.data.length).set(source.data);
    const { geometry } = memory;
    for (const { row, rows, start } of bandsOf(target)) {
      for (let x = 0; x < target.width; x += BLOCK) {
        const columns = Math.min(BLOCK, target.width - x);
        for (let y = 0; y < rows; y++) {
          const toAt = bandAt + y * rowBytes + x * CHANNELS;
          geometry[kernel](numbersAt, x, row + y, usAt, usAt + columns * Int32Array.BYTES_PER_ELEMENT, vsAt);
          geometry.sampleRow(sourceAt, width, height, usAt, vsAt, toAt, toAt + columns * CHANNELS);
        }
      }
      target.data.set(memory.bytes(bandAt, rows * rowBytes), start * CHANNELS);
    }
  });
}

/** Fills the target, another frame of the same size, with the source in a mirror: left becomes right. */
export function mirror(source: Frame, target: Frame): void {
  const rowBytes = source.width * CHANNELS;
  withScratch((memory) => {
    const sourceAt = memory.allocate(MOST_PIXELS * CHANNELS);
    const targetAt = memory.allocate(MOST_PIXELS * CHANNELS);
    for (const { rows, start } of bandsOf(source)) {
      const [from, length] = [start * CHANNELS, rows * rowBytes];
      memory.bytes(sourceAt, length).set(source.data.subarray(from, from + length));
      for (let row = 0; row < rows; row++) {
        memory.geometry.mirrorRow(sourceAt + row * rowBytes, source.width, targetAt + row * rowBytes);
      }
      target.data.set(memory.bytes(targetAt, length), from);
    }
  });
}
