/**
 * The one image type: 8-bit RGB, row-major, three bytes a pixel. Frames made here lie in shared memory, so that a
 * worker reads the same pixels without a copy.
 */
import { toBytes } from '../foreign';
import { describe, invalid, isRecord, numberIn } from '../validate';
import { allocateShared } from './shared-memory';

export interface Frame {
  /** RGB, row-major; length = width × height × 3. */
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** When the frame was taken: milliseconds since 1970. */
  readonly timestamp: number;
  /** Counts the frames of one source from 0. */
  readonly sequence: number;
  /** Where the frame came from: a camera, a file, a node. */
  readonly source: string;
  /** The file was damaged or cut off: rows at its end are missing, and of one colour. */
  readonly truncated?: boolean;
  /**
   * Fingerprint of the encoded picture that the frame belongs to, so that another one beside it is known to be new;
   * empty: of none. Absent where nothing is known of it.
   */
  readonly picture?: string;
}

export type FrameOrigin = Pick<Frame, 'timestamp' | 'sequence' | 'source' | 'truncated' | 'picture'>;

export const CHANNELS = 3;
/** Longest side and area of a picture that is read: a 100-megapixel camera passes, a decompression bomb does not. */
export const MAX_SIDE = 16_384;
export const MAX_PIXELS = 128_000_000;

/** A black frame of width × height pixels in shared memory. */
export function createFrame(width: number, height: number, origin: Partial<FrameOrigin> = {}): Frame {
  numberIn(width, 'frame width', { min: 1, max: MAX_SIDE, integer: true });
  numberIn(height, 'frame height', { min: 1, max: MAX_SIDE, integer: true });
  const data = allocateShared(width * height * CHANNELS);
  return {
    data,
    width,
    height,
    timestamp: origin.timestamp ?? Date.now(),
    sequence: origin.sequence ?? 0,
    source: origin.source ?? '',
    ...(origin.truncated && { truncated: true }),
    ...(origin.picture !== undefined && { picture: origin.picture }),
  };
}

/** True for anything that means to be a Frame, well-formed or not. */
export function looksLikeFrame(value: unknown): value is Record<string, unknown> {
  return (
    isRecord(value) && !ArrayBuffer.isView(value) && 'data' in value && 'width' in value && 'height' in value
  );
}

/**
 * A Frame from outside, checked; missing origin fields get defaults.
 * @throws ArcFlowError INVALID_ARGUMENT that names the field.
 */
export function toFrame(value: unknown, name = 'msg.frame'): Frame {
  if (!looksLikeFrame(value)) throw invalid('a Frame { data, width, height }', name, value);
  const width = numberIn(value['width'], `${name}.width`, { min: 1, max: MAX_SIDE, integer: true });
  const height = numberIn(value['height'], `${name}.height`, { min: 1, max: MAX_SIDE, integer: true });
  const data = toBytes(value['data']);
  if (!data) throw invalid('a Uint8Array of RGB bytes', `${name}.data`, value['data']);
  const expected = width * height * CHANNELS;
  if (data.length !== expected) {
    throw invalid(`${expected} bytes (${width} × ${height} × ${CHANNELS})`, `${name}.data`, data);
  }
  const { timestamp = Date.now(), sequence = 0, source = '', truncated, picture } = value;
  return {
    data,
    width,
    height,
    timestamp: numberIn(timestamp, `${name}.timestamp`),
    sequence: numberIn(sequence, `${name}.sequence`),
    source: typeof source === 'string' ? source : describe(source),
    ...(truncated === true && { truncated }),
    ...(typeof picture === 'string' && { picture }),
  };
}
