/**
 * How a frame is shown to a network of a fixed input: in whole, and where the smallest wanted face would be too small then,
 * in tiles of enlarged levels. Every level shows faces half as large as the one before, so a face that does not fit into
 * the overlap of tiles has been seen before.
 */

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The frame at one scale, and the corners of the tiles of the network's size that cover it. */
export interface Level extends Size {
  readonly tiles: readonly { readonly x: number; readonly y: number }[];
}

/** Neighbouring tiles share so many pixels: what a face may measure that no tile shows whole. */
export const OVERLAP = 64;
/** Faces may be so much smaller than they should before another level is made for them. */
const TOLERANCE = 1.2;

/**
 * @param input of the network
 * @param smallestFace that the network finds, pixels of its input
 * @param minFaceSize smallest face to find, pixels of the frame
 * @returns the whole frame first
 */
export function levelsOf(frame: Size, input: Size, smallestFace: number, minFaceSize: number): Level[] {
  const fitting = Math.min(input.width / frame.width, input.height / frame.height);
  // Enlarged pixels show nothing new.
  const needed = Math.min(1, smallestFace / minFaceSize);
  const levels: Level[] = [];
  for (let scale = fitting; ; scale = Math.min(2 * scale, needed)) {
    const width = Math.max(1, Math.round(frame.width * scale));
    const height = Math.max(1, Math.round(frame.height * scale));
    const columns = starts(width, input.width);
    const tiles = starts(height, input.height).flatMap((y) => columns.map((x) => ({ x, y })));
    levels.push({ width, height, tiles });
    if (scale * TOLERANCE >= needed) return levels;
  }
}

/** Where windows begin that cover a length evenly. */
function starts(length: number, window: number): number[] {
  if (length <= window) return [0];
  const count = Math.ceil((length - OVERLAP) / (window - OVERLAP));
  return Array.from({ length: count }, (_, index) => Math.round((index * (length - window)) / (count - 1)));
}
