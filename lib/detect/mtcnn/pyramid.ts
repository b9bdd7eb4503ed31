/** The image pyramid: every level shows faces of another size as 12 pixels, which is what P-Net sees. */
import type { ScoredBox } from '../../geometry/nms';
import { CHANNELS, type Frame } from '../../image/frame';
import { KernelMemory } from '../../pixels/kernel-memory';
import { HUGE_BYTES, reclaimSoon } from '../../image/reclaim';
import { allocateImage, AreaResampler, type ResultRows, type StoredImage } from '../../pixels/area-resample';
import { PROPOSAL_SIZE, STRIP_PIXELS, stripsOf } from './strips';

/** The crops that are cut out together, at most: bounds the memory that a picture full of candidates takes, 7 MB. */
export const MAX_CROPS = 256;
/** Sides of the crops that R-Net and O-Net take, pixels. */
const MIN_CROP_SIZE = 24;
const MAX_CROP_SIZE = 48;
/** What the kernel that crops needs: two tables of eight bytes a pixel of the crop and one row of 16-bit values. */
const cropScratchBytes = (frameWidth: number): number => 2 * 8 * MAX_CROP_SIZE + 2 * CHANNELS * frameWidth;

interface Size {
  readonly width: number;
  readonly height: number;
}

export interface PyramidLevel extends Size {
  /** From top to bottom; see stripsOf. */
  readonly strips: readonly LevelStrip[];
  /** Level pixels for each frame pixel. */
  readonly scaleX: number;
  readonly scaleY: number;
}

export interface LevelStrip extends ResultRows {
  /** Three planes of height × width floats, 0..255. */
  readonly data: Float32Array;
}

/** The frame, or the frame halved a few times: where crops are cut from. */
interface Halving extends StoredImage {
  /** Pixels for each frame pixel: 1, 1/2, 1/4 … */
  readonly scale: number;
}

/** Where everything lies in the memory, for frames of one size. */
interface Layout {
  /** Frame size and options. */
  readonly key: string;
  readonly cropsAt: number;
  readonly scratchAt: number;
  readonly halvings: readonly Halving[];
  readonly resamplers: readonly AreaResampler[];
  readonly levels: readonly PyramidLevel[];
}

/** Sizes of the levels, largest first, down to the last one in which P-Net fits. */
export function pyramidSizes({ width, height }: Size, minFaceSize: number, scaleFactor: number): Size[] {
  const sizes: Size[] = [];
  let scale = PROPOSAL_SIZE / minFaceSize;
  while (Math.min(width, height) * scale >= PROPOSAL_SIZE) {
    sizes.push({ width: Math.ceil(width * scale), height: Math.ceil(height * scale) });
    scale *= scaleFactor;
  }
  return sizes;
}

/**
 * The pyramid of one frame after another, each level averaged from the one before, and the crops out of it. The
 * layout of the memory is kept while frame size and options stay the same, as they do in a video.
 */
export class Pyramid {
  private memory = new KernelMemory();
  private layout: Layout | undefined;

  /** @param stripPixels pixels of a strip of a level, about; Infinity leaves the levels whole */
  constructor(private readonly stripPixels = STRIP_PIXELS) {}

  /**
   * The levels are overwritten by the next call.
   * @throws ArcFlowError IMAGE_TOO_LARGE when there is no memory for a frame of this size.
   */
  build(frame: Frame, minFaceSize: number, scaleFactor: number): readonly PyramidLevel[] {
    const { halvings, resamplers, levels } = this.layoutFor(frame, minFaceSize, scaleFactor);
    // WebAssembly reads its own memory only: the one copy of a frame on its way through the detector.
    this.memory.bytes(halvings[0]!.at, frame.data.length).set(frame.data);
    this.halve(halvings);
    for (const resampler of resamplers) resampler.run();
    return levels;
  }

  /** Gives back what a huge frame took. Call when a frame is done with. */
  trim(): void {
    const { size } = this.memory;
    if (size < HUGE_BYTES) return;
    this.layout = undefined;
    this.memory = new KernelMemory();
    reclaimSoon(size);
  }

  /** Takes the frame for its crops alone: no levels. */
  hold(frame: Frame): void {
    this.build(frame, Infinity, 1);
  }

  /**
   * Square boxes of the frame, each resized to size × size: [boxes, 3, size, size]. What lies outside the frame is
   * black, as in training. Overwritten by the next call.
   * @param boxes at most MAX_CROPS
   */
  crop(boxes: readonly ScoredBox[], size: number): Float32Array {
    if (!this.layout) throw new Error('A pyramid is built before it is cropped');
    const { halvings, cropsAt, scratchAt } = this.layout;
    const length = CHANNELS * size * size;
    boxes.forEach(({ x1, y1, x2 }, index) => {
      const { at, width, height, scale } = sourceFor(halvings, x2 - x1, size);
      const step = ((x2 - x1) * scale) / size;
      // Edges of pixels are whole numbers in boxes, centres of pixels are whole numbers in the kernel.
      const left = x1 * scale + step / 2 - 0.5;
      const top = y1 * scale + step / 2 - 0.5;
      const targetAt = cropsAt + index * length * Float32Array.BYTES_PER_ELEMENT;
      this.memory.kernels.crop(at, width, height, left, top, step, size, scratchAt, targetAt);
    });
    return this.memory.floats(cropsAt, boxes.length * length);
  }

  private halve(halvings: readonly Halving[]): void {
    halvings.forEach(({ at, width, height }, index) => {
      if (index === 0) return;
      const larger = halvings[index - 1]!;
      this.memory.kernels.halveBytes(larger.at, larger.width, width, height, at);
    });
  }

  private layoutFor(frame: Frame, minFaceSize: number, scaleFactor: number): Layout {
    const key = [frame.width, frame.height, minFaceSize, scaleFactor].join();
    if (key === this.layout?.key) return this.layout;
    // Where the memory cannot grow nothing of the former layout is valid any more.
    this.layout = undefined;
    this.memory.clear();
    this.layout = { key, ...this.layOut(frame, minFaceSize, scaleFactor) };
    return this.layout;
  }

  private layOut(frame: Frame, minFaceSize: number, scaleFactor: number): Omit<Layout, 'key'> {
    const { memory } = this;
    const cropsAt = memory.allocate(
      MAX_CROPS * CHANNELS * MAX_CROP_SIZE ** 2 * Float32Array.BYTES_PER_ELEMENT,
    );
    const scratchAt = memory.allocate(cropScratchBytes(frame.width));
    const halvings = layOutHalvings(memory, frame);
    const sizes = pyramidSizes(frame, minFaceSize, scaleFactor);
    const resamplers: AreaResampler[] = [];
    for (const size of sizes) {
      const from = resamplers.at(-1)?.result ?? halvings[0]!;
      resamplers.push(new AreaResampler(memory, from, size, stripsOf(size, this.stripPixels)));
    }
    const levels = sizes.map(({ width, height }, index) => ({
      strips: resamplers[index]!.parts.map(({ at, ...rows }) => ({
        ...rows,
        data: memory.floats(at, width * rows.height * CHANNELS),
      })),
      width,
      height,
      scaleX: width / frame.width,
      scaleY: height / frame.height,
    }));
    return { cropsAt, scratchAt, halvings, resamplers, levels };
  }
}

/** The smallest picture in which the box is still as large as its crop: bilinear sampling hardly aliases there. */
function sourceFor(halvings: readonly Halving[], side: number, size: number): Halving {
  return halvings.findLast(({ scale }) => side * scale >= size) ?? halvings[0]!;
}

/** Down to where the smaller side still fills the smallest crop. */
function layOutHalvings(memory: KernelMemory, frame: Size): Halving[] {
  const halvings: Halving[] = [{ ...allocateImage(memory, frame, 'bytes'), scale: 1 }];
  for (;;) {
    const { width, height, scale } = halvings.at(-1)!;
    const half = { width: width >> 1, height: height >> 1 };
    if (Math.min(half.width, half.height) < MIN_CROP_SIZE) return halvings;
    halvings.push({ ...allocateImage(memory, half, 'bytes'), scale: scale / 2 });
  }
}
