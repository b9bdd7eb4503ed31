/** How much of a picture was there, where a decoder had to stop before its end. */

/** Of a picture, the share that must be there for the rest to be worth looking at. */
export const LEAST_SHARE = 0.25;

const START_OF_SCAN = Buffer.from([0xff, 0xda]);
const END_OF_IMAGE = Buffer.from([0xff, 0xd9]);

/** Whether a JPEG's last scan has no end. A decoder that has all it needs for the last pixels does not miss it. */
export function lacksEnd(jpeg: Uint8Array): boolean {
  const file = Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
  return file.lastIndexOf(END_OF_IMAGE) < file.lastIndexOf(START_OF_SCAN);
}

/** Where the last row of a file's pixels lies when they have been turned upright, by EXIF orientation (1 to 8). */
const LAST_ROW = ['bottom', 'bottom', 'top', 'top', 'right', 'left', 'left', 'right'] as const;

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * The share of the rows that were decoded, 0..1: decoders fill what is missing with one colour.
 * @param pixels interleaved, upright
 * @param orientation of the file, 1 to 8
 */
export function decodedShare(pixels: Uint8Array, size: Size, orientation: number): number {
  const { lines, isFilled } = fromTheEnd(pixels, size, orientation);
  let missing = 0;
  while (missing < lines && isFilled(missing)) missing++;
  return 1 - missing / lines;
}

/** What decoders of JPEG fill with: middle grey, which a colour profile may move by about so much. */
const FILLING = 128;
const FILLING_TOLERANCE = 16;

/** Whether the last row may be what a decoder of JPEG filled a picture up with; there may be more such. */
export function endsInFilling(pixels: Uint8Array, size: Size, orientation: number): boolean {
  const { colour, isFilled } = fromTheEnd(pixels, size, orientation);
  return colour.every((value) => Math.abs(value - FILLING) <= FILLING_TOLERANCE) && isFilled(0);
}

/** The rows of the file as lines of the upright picture, counted from the last one. */
function fromTheEnd(
  pixels: Uint8Array,
  { width, height }: Size,
  orientation: number,
): {
  readonly lines: number;
  /** Of the first pixel of the last row. */
  readonly colour: Uint8Array;
  readonly isFilled: (line: number) => boolean;
} {
  const channels = pixels.length / (width * height);
  const side = LAST_ROW[orientation - 1] ?? 'bottom';
  const rows = side === 'top' || side === 'bottom';
  const [lines, length] = rows ? [height, width] : [width, height];
  const [lineStep, pixelStep] = rows ? [width * channels, channels] : [channels, width * channels];
  const startOf = (line: number): number =>
    (side === 'bottom' || side === 'right' ? lines - 1 - line : line) * lineStep;
  const last = startOf(0);
  const isFilled = (line: number): boolean => {
    for (let i = 0, at = startOf(line); i < length; i++, at += pixelStep)
      for (let channel = 0; channel < channels; channel++)
        if (pixels[at + channel] !== pixels[last + channel]) return false;
    return true;
  };
  return { lines, colour: pixels.subarray(last, last + channels), isFilled };
}
