/** Binary greymaps (PGM, P5), the format of the AT&T faces, which sharp's prebuilt libvips does not read. */
import { ArcFlowError } from '../../../lib/core/errors';
import { CHANNELS, createFrame, type Frame } from '../../../lib/image/frame';

/** "P5", then width, height and the highest grey, each after white space or comment lines; one white space ends it. */
const HEADER = /^P5(?:\s|#[^\n]*\n)+(\d+)(?:\s|#[^\n]*\n)+(\d+)(?:\s|#[^\n]*\n)+(\d+)\s/;
const LONGEST_HEADER = 1024;

export function isPgm(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x35;
}

/** @throws ArcFlowError IMAGE_UNREADABLE when it is not a whole greymap of 8 bits. */
export function readPgm(bytes: Uint8Array, source: string): Frame {
  const header = HEADER.exec(Buffer.from(bytes.subarray(0, LONGEST_HEADER)).toString('latin1'));
  const [width = 0, height = 0, highest = 0] = header?.slice(1).map(Number) ?? [];
  if (!header || highest < 1 || highest > 255 || bytes.length < header[0].length + width * height) {
    const message = `The image cannot be read: Expected a whole greymap (P5) of 8 bits in ${source}`;
    throw new ArcFlowError('IMAGE_UNREADABLE', message, 'unreadable image');
  }
  const frame = createFrame(width, height, { source });
  for (let pixel = 0; pixel < width * height; pixel++) {
    const grey = (bytes[header[0].length + pixel]! * 255) / highest;
    frame.data.fill(grey, pixel * CHANNELS, (pixel + 1) * CHANNELS);
  }
  return frame;
}
