/** Reading a rotated and scaled square out of a frame. */
import { applySimilarity, invertSimilarity, type Similarity } from '../geometry/similarity';
import { CHANNELS, createFrame, type Frame } from '../image/frame';
import { withScratch, type KernelMemory } from './kernel-memory';

/** Pixels of the frame for one of the square, from which on bilinear sampling would alias. */
const MAX_SHRINKING = 2.25;
/** What the kernel's positions count a pixel as (POSITION_BITS of kernels/image.ts). */
const POSITION_UNITS = 1 << 16;

/** What of the frame the square shows: whole pixels, right and bottom excluded. */
interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** An image in the kernel memory, and how many pixels of the frame one of its pixels is wide. */
interface Source {
  readonly at: number;
  readonly width: number;
  readonly height: number;
  readonly pixel: number;
}

/**
 * The size × size square that `transform` maps frame pixels onto, as an RGB frame. Bilinear; what is shrunk far is
 * halved first. Outside the frame is black.
 */
export function warpSquare(frame: Frame, transform: Similarity, size: number): Frame {
  const square = createFrame(size, size, frame);
  const inverse = invertSimilarity(transform);
  const region = coveredRegion(frame, inverse, size);
  if (!region) return square;
  withScratch((memory) => {
    const targetAt = memory.allocate(square.data.length);
    const source = shrink(memory, copyRegion(memory, frame, region), Math.hypot(inverse.a, inverse.b));
    if (!source) return;
    const { at, width, height, pixel } = source;
    const inSource = (position: number, start: number): number => (position - start + 0.5) / pixel - 0.5;
    const units = (pixels: number): number => Math.round(pixels * POSITION_UNITS);
    memory.kernels.warp(
      ...([at, width, height] as const),
      ...([units(inSource(inverse.tx, region.left)), units(inSource(inverse.ty, region.top))] as const),
      ...([units(inverse.a / pixel), units(inverse.b / pixel)] as const),
      ...([size, targetAt] as const),
    );
    square.data.set(memory.bytes(targetAt, square.data.length));
  });
  return square;
}

/** The pixels that samples of the square touch; undefined where it lies outside the frame. */
function coveredRegion(frame: Frame, inverse: Similarity, size: number): Region | undefined {
  const outer = [-0.5, size - 0.5];
  const corners = outer.flatMap((y) => outer.map((x) => applySimilarity(inverse, { x, y })));
  const span = (positions: number[], limit: number): [start: number, length: number] => {
    const start = Math.max(0, Math.floor(Math.min(...positions)));
    return [start, Math.min(limit, Math.floor(Math.max(...positions)) + 2) - start];
  };
  const [left, width] = span(
    corners.map(({ x }) => x),
    frame.width,
  );
  const [top, height] = span(
    corners.map(({ y }) => y),
    frame.height,
  );
  return width > 0 && height > 0 ? { left, top, width, height } : undefined;
}

function copyRegion(memory: KernelMemory, frame: Frame, { left, top, width, height }: Region): Source {
  const stride = width * CHANNELS;
  const at = memory.allocate(stride * height);
  const target = memory.bytes(at, stride * height);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * frame.width + left) * CHANNELS;
    target.set(frame.data.subarray(from, from + stride), y * stride);
  }
  return { at, width, height, pixel: 1 };
}

/** Halves the source until bilinear sampling can do the rest; undefined when less than a pixel is left of it. */
function shrink(memory: KernelMemory, source: Source, shrinking: number): Source | undefined {
  if (shrinking / source.pixel < MAX_SHRINKING) return source;
  const width = source.width >> 1;
  const height = source.height >> 1;
  if (width === 0 || height === 0) return undefined;
  const at = memory.allocate(width * height * CHANNELS);
  memory.kernels.halveBytes(source.at, source.width, width, height, at);
  return shrink(memory, { at, width, height, pixel: 2 * source.pixel }, shrinking);
}
