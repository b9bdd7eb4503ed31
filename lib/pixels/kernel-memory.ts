/**
 * The pixel loops that the detector and geometric corrections live in, as WebAssembly SIMD (sources: kernels/image.ts,
 * kernels/geometry.ts), and the memory that they work in. Addresses are byte offsets; areas are laid out once for a frame size and used for every frame.
 */
import { FIRST_ADDRESS, openKernels, PAGE } from './kernel-module';
import { HUGE_BYTES, reclaimSoon } from '../image/reclaim';
import { outOfMemory } from '../image/shared-memory';

export type ResampleArguments = [
  valueBytes: number,
  sourceAt: number,
  stride: number,
  rowBytes: number,
  columnsAt: number,
  columnPairs: number,
  width: number,
  rowsAt: number,
  rowPairs: number,
  height: number,
  scratchAt: number,
  planesAt: number,
  wordsAt: number,
];

/** Exports of kernels/image.ts; the parameters are explained there. */
export interface ImageKernels {
  resample(...args: ResampleArguments): void;
  resampleBytes(
    sourceAt: number,
    stride: number,
    rowBytes: number,
    columnsAt: number,
    columnPairs: number,
    width: number,
    rowsAt: number,
    rowPairs: number,
    height: number,
    scratchAt: number,
    targetAt: number,
  ): void;
  warp(
    sourceAt: number,
    width: number,
    height: number,
    left: number,
    top: number,
    a: number,
    b: number,
    size: number,
    targetAt: number,
  ): void;
  toPlanes(
    sourceAt: number,
    width: number,
    height: number,
    mirror: number,
    mean: number,
    scale: number,
    redAt: number,
    greenAt: number,
    blueAt: number,
  ): void;
  sumLuminance(sourceAt: number, width: number, height: number, scratchAt: number, sumsAt: number): void;
  halveBytes(sourceAt: number, sourceWidth: number, width: number, height: number, targetAt: number): void;
  crop(
    sourceAt: number,
    width: number,
    height: number,
    left: number,
    top: number,
    step: number,
    size: number,
    scratchAt: number,
    targetAt: number,
  ): void;
}

/** Exports of kernels/geometry.ts; the parameters are explained there. */
export interface GeometryKernels {
  projectRow(matrixAt: number, x: number, y: number, usAt: number, endAt: number, vsAt: number): void;
  distortRow(lensAt: number, x: number, y: number, usAt: number, endAt: number, vsAt: number): void;
  sampleRow(
    sourceAt: number,
    width: number,
    height: number,
    usAt: number,
    vsAt: number,
    toAt: number,
    endAt: number,
  ): void;
  mirrorRow(fromAt: number, pixels: number, toAt: number): void;
}

const MAX_PAGES = 65_536;
const ALIGNMENT = 16;
/** The kernels read and write whole SIMD registers past the end of an area. */
const PADDING = 64;

export class KernelMemory {
  private readonly memory = new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES });
  readonly kernels = openKernels('image', this.memory) as unknown as ImageKernels;
  readonly geometry = openKernels('geometry', this.memory) as unknown as GeometryKernels;
  private next = FIRST_ADDRESS;

  /** Bytes that it takes. It never shrinks: who has no use for so much any more drops it and makes a new one. */
  get size(): number {
    return this.memory.buffer.byteLength;
  }

  /** Forgets all areas; the memory itself is kept. */
  clear(): void {
    this.next = FIRST_ADDRESS;
  }

  /**
   * The address of a new area. Views of earlier areas may become detached: take them after the last allocation.
   * @throws ArcFlowError IMAGE_TOO_LARGE when there is no more memory; what was there is as it was.
   */
  allocate(bytes: number): number {
    const at = this.next;
    const next = Math.ceil((at + bytes + PADDING) / ALIGNMENT) * ALIGNMENT;
    const missing = next - this.size;
    if (missing > 0) this.grow(missing);
    this.next = next;
    return at;
  }

  private grow(bytes: number): void {
    try {
      this.memory.grow(Math.ceil(bytes / PAGE));
    } catch (error) {
      throw outOfMemory(this.size + bytes, error);
    }
  }

  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, at, length);
  }

  floats(at: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, at, length);
  }

  doubles(at: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, at, length);
  }

  integers(at: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, at, length);
  }
}

let scratch: KernelMemory | undefined;

/**
 * Does work in this thread's memory for what is done before anything else runs: laid out anew by every caller, so
 * nothing in it outlives the work.
 */
export function withScratch<T>(work: (memory: KernelMemory) => T): T {
  scratch ??= new KernelMemory();
  scratch.clear();
  try {
    return work(scratch);
  } finally {
    if (scratch.size >= HUGE_BYTES) {
      reclaimSoon(scratch.size);
      scratch = undefined;
    }
  }
}
