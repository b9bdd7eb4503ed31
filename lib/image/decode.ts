/** Encoded image → Frame: any format sharp reads, upright, 8-bit RGB. */
import sharp from 'sharp';
import { ArcFlowError, messageOf } from '../errors';
import { CHANNELS, createFrame, MAX_PIXELS, MAX_SIDE, type Frame, type FrameOrigin } from './frame';

// Every image is decoded once: libvips' operation cache would only hold memory.
sharp.cache(false);

/** Pixels to scale to; given alone, the other side keeps the aspect. */
export interface WantedSize {
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/**
 * Decodes JPEG, PNG, WebP, GIF (first frame), AVIF or TIFF; honours EXIF orientation; grey, 16-bit, CMYK and
 * alpha images become RGB (alpha over white).
 * @throws ArcFlowError IMAGE_UNREADABLE or IMAGE_TOO_LARGE, before any pixel is decoded for the latter.
 */
export async function decodeImage(
  bytes: Uint8Array,
  origin: Partial<FrameOrigin> = {},
  size: WantedSize = {},
): Promise<Frame> {
  const { width, height } = await readSize(bytes);
  if (width > MAX_SIDE || height > MAX_SIDE || width * height > MAX_PIXELS) {
    const limit = `${MAX_SIDE} pixels a side and ${MAX_PIXELS / 1e6} megapixels`;
    throw new ArcFlowError(
      'IMAGE_TOO_LARGE',
      `The image is ${width} × ${height}; at most ${limit} are decoded`,
      'image too large',
    );
  }
  const { data, info } = await readPixels(bytes, size);
  const frame = createFrame(info.width, info.height, origin);
  // sharp cannot decode into memory of ours; this one copy puts the pixels where every thread reads them.
  if (info.channels === CHANNELS) frame.data.set(data);
  else spreadFirstChannel(data, info.channels, frame.data);
  return frame;
}

async function readSize(bytes: Uint8Array): Promise<{ width: number; height: number }> {
  try {
    return await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch (error) {
    throw unreadable(error);
  }
}

async function readPixels(
  bytes: Uint8Array,
  { width, height }: WantedSize,
): Promise<{ data: Buffer; info: sharp.OutputInfo }> {
  try {
    // Only both sides together can contradict the aspect; then they are what was asked for.
    const fit = width !== undefined && height !== undefined ? 'fill' : 'cover';
    return await sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' })
      .autoOrient()
      .resize(width ?? null, height ?? null, { fit })
      .flatten({ background: 'white' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
  } catch (error) {
    throw unreadable(error);
  }
}

/** Grey images keep one channel through sharp's pipeline. */
function spreadFirstChannel(source: Uint8Array, channels: number, target: Uint8Array): void {
  for (let from = 0, to = 0; to < target.length; from += channels, to += CHANNELS) {
    target.fill(source[from]!, to, to + CHANNELS);
  }
}

function unreadable(error: unknown): ArcFlowError {
  const reason = messageOf(error).split('\n')[0]!.trim();
  return new ArcFlowError('IMAGE_UNREADABLE', `The image cannot be read: ${reason}`, 'unreadable image', {
    cause: error,
  });
}
