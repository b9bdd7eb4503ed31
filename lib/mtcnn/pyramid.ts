/** The image pyramid: every level shows faces of another size as 12 pixels, which is what P-Net sees. */
import { AreaResampler, type PlanarImage } from '../image/resample';
import { CHANNELS, type Frame } from '../image/frame';

/** Side of P-Net's receptive field, pixels. */
export const PROPOSAL_SIZE = 12;

export interface PyramidLevel extends PlanarImage {
  /** Level pixels for each frame pixel. */
  readonly scaleX: number;
  readonly scaleY: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
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
 * Builds the pyramid of one frame after another. Each level is averaged from the one before; buffers and kernels
 * are kept while size and options stay the same, as they do in a video.
 */
export class Pyramid {
  private key = '';
  private levels: PyramidLevel[] = [];
  private resamplers: AreaResampler[] = [];

  /** The levels are overwritten by the next call. */
  build(frame: Frame, minFaceSize: number, scaleFactor: number): readonly PyramidLevel[] {
    this.prepare(frame, minFaceSize, scaleFactor);
    this.levels.forEach((level, index) => {
      const resampler = this.resamplers[index]!;
      if (index === 0) resampler.fromFrame(frame, level.data);
      else resampler.fromPlanes(this.levels[index - 1]!.data, level.data);
    });
    return this.levels;
  }

  private prepare(frame: Frame, minFaceSize: number, scaleFactor: number): void {
    const key = [frame.width, frame.height, minFaceSize, scaleFactor].join();
    if (key === this.key) return;
    const sizes = pyramidSizes(frame, minFaceSize, scaleFactor);
    this.levels = sizes.map(({ width, height }) => ({
      data: new Float32Array(width * height * CHANNELS),
      width,
      height,
      scaleX: width / frame.width,
      scaleY: height / frame.height,
    }));
    this.resamplers = sizes.map(({ width, height }, index) => {
      const from = index === 0 ? frame : sizes[index - 1]!;
      return new AreaResampler(from.width, from.height, width, height);
    });
    this.key = key;
  }
}
