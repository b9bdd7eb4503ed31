/** Encoded image → Frame: upright, 8-bit RGB. The formats are those of format.ts, the limits those of limits.ts. */
import sharp from 'sharp';
import { ArcFlowError, messageOf } from '../core/errors';
import { decodedShare, endsInFilling, lacksEnd, LEAST_SHARE } from './damage';
import { firstPicture } from './first-picture';
import { FORMATS, formatOf, unsupported, type Format } from './format';
import { CHANNELS, createFrame, MAX_PIXELS, MAX_SIDE, type Frame, type FrameOrigin } from './frame';
import { FULL_PIXELS } from './limits';

// Every image is decoded once: libvips' operation cache would only hold memory.
sharp.cache(false);

/** Pixels to scale to; given alone, the other side keeps the aspect. */
export interface WantedSize {
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/**
 * Decodes JPEG, PNG, WebP, GIF (first frame), AVIF or TIFF; honours EXIF orientation; grey, 16-bit, CMYK and
 * alpha images become RGB (alpha over white). More than FULL_PIXELS are scaled down to that. A picture whose end is
 * missing has the rows that are there, the rest in one colour, and says `truncated`.
 * @throws ArcFlowError IMAGE_UNREADABLE or IMAGE_TOO_LARGE, before any pixel is decoded for the latter.
 */
export async function decodeImage(
  bytes: Uint8Array,
  origin: Partial<FrameOrigin> = {},
  size: WantedSize = {},
): Promise<Frame> {
  const format = formatOf(bytes);
  const file = firstPicture(bytes, format);
  const header = await readHeader(file, format);
  const target = targetOf(header, size);
  let pixels: Pixels;
  try {
    pixels = await readPixels(file, target, 'error');
    // The decoder only warns of a JPEG that was cut off and given an end all the same.
    if (format === 'JPEG' && endsInFilling(pixels.data, pixels.info, header.orientation))
      await readPixels(file, target, 'warning');
  } catch (error) {
    return decodeRest(file, target, header, origin, unreadable(error));
  }
  return toFrame(pixels, format === 'JPEG' && lacksEnd(file) ? { ...origin, truncated: true } : origin);
}

/** What is there of a picture that is damaged or cut off. @throws the given reason where that is next to nothing */
async function decodeRest(
  file: Uint8Array,
  target: WantedSize,
  { orientation }: Header,
  origin: Partial<FrameOrigin>,
  reason: ArcFlowError,
): Promise<Frame> {
  const pixels = await readPixels(file, target, 'none').catch(() => undefined);
  if (!pixels) throw reason;
  const share = decodedShare(pixels.data, pixels.info, orientation);
  if (share >= LEAST_SHARE) return toFrame(pixels, { ...origin, truncated: true });
  throw new ArcFlowError(
    'IMAGE_UNREADABLE',
    `The image cannot be read: ${Math.round(100 * share)} % of it is there, and at least ${100 * LEAST_SHARE} % must be`,
    'image cut off',
    { cause: reason },
  );
}

interface Header {
  /** Upright, pixels. */
  readonly width: number;
  readonly height: number;
  /** EXIF, 1 to 8. */
  readonly orientation: number;
}

/** Formats whose decoders hold the whole picture, some of them many times over; PNG and JPEG do where they are interlaced. */
const WHOLE: readonly Format[] = ['AVIF', 'WebP', 'GIF'];

async function readHeader(file: Uint8Array, format: Format): Promise<Header> {
  const { format: actual, autoOrient, orientation = 1, isProgressive } = await readMetadata(file);
  // libvips chooses the decoder by itself: what it would do must be what the signature says.
  if (!FORMATS[format].some((name) => name === actual)) throw unsupported(`no ${format} but ${actual}`);
  const { width, height } = autoOrient;
  const whole = isProgressive || WHOLE.includes(format);
  const most = whole ? FULL_PIXELS : MAX_PIXELS;
  if (width <= MAX_SIDE && height <= MAX_SIDE && width * height <= most)
    return { width, height, orientation };
  const kind = `${isProgressive ? 'progressive ' : ''}${format}`;
  const limit = `${MAX_SIDE} pixels a side and ${Math.floor(most / 1e6)} megapixels`;
  throw new ArcFlowError(
    'IMAGE_TOO_LARGE',
    `The image is ${width} × ${height}; at most ${limit} of ${kind} are decoded`,
    'image too large',
  );
}

async function readMetadata(file: Uint8Array): Promise<sharp.Metadata> {
  try {
    return await sharp(file, { limitInputPixels: false }).metadata();
  } catch (error) {
    throw unreadable(error);
  }
}

/** What is asked for; else the picture's own size, or the largest of its shape that is decoded in full. */
function targetOf({ width, height }: Header, size: WantedSize): WantedSize {
  if (size.width !== undefined || size.height !== undefined || width * height <= FULL_PIXELS) return size;
  const scale = Math.sqrt(FULL_PIXELS / (width * height));
  return { width: Math.max(1, Math.floor(width * scale)), height: Math.max(1, Math.floor(height * scale)) };
}

interface Pixels {
  readonly data: Buffer;
  readonly info: sharp.OutputInfo;
}

function readPixels(
  file: Uint8Array,
  { width, height }: WantedSize,
  failOn: 'warning' | 'error' | 'none',
): Promise<Pixels> {
  // Only both sides together can contradict the aspect; then they are what was asked for.
  const fit = width !== undefined && height !== undefined ? 'fill' : 'cover';
  return sharp(file, { limitInputPixels: MAX_PIXELS, failOn })
    .autoOrient()
    .resize(width ?? null, height ?? null, { fit })
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
}

function toFrame({ data, info }: Pixels, origin: Partial<FrameOrigin>): Frame {
  const frame = createFrame(info.width, info.height, origin);
  // sharp cannot decode into memory of ours; this one copy puts the pixels where every thread reads them.
  if (info.channels === CHANNELS) frame.data.set(data);
  else spreadFirstChannel(data, info.channels, frame.data);
  return frame;
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
