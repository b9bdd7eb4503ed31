/** Frame → JPEG or PNG. */
import sharp from 'sharp';
import { numberIn, oneOf } from '../core/validate';
import { CHANNELS, type Frame } from './frame';

const ENCODINGS = ['jpeg', 'png'] as const;
export type Encoding = (typeof ENCODINGS)[number];

export interface EncodeOptions {
  readonly format: Encoding;
  /** JPEG quality 1..100. */
  readonly quality: number;
  /** Longest side of the result in pixels; larger frames are scaled down. */
  readonly maxSide?: number;
}

/** @throws ArcFlowError INVALID_ARGUMENT for an unknown format or a quality outside 1..100. */
export async function encodeFrame(
  frame: Frame,
  { format, quality, maxSide }: EncodeOptions,
): Promise<Buffer> {
  oneOf(format, 'format', ENCODINGS);
  numberIn(quality, 'quality', { min: 1, max: 100, integer: true });
  const { width, height } = frame;
  let image = sharp(frame.data, { raw: { width, height, channels: CHANNELS } });
  if (maxSide !== undefined)
    image = image.resize(maxSide, maxSide, { fit: 'inside', withoutEnlargement: true });
  return format === 'png'
    ? image.png({ compressionLevel: 3 }).toBuffer()
    : image.jpeg({ quality }).toBuffer();
}
