/** The one image type, 8-bit RGB, row-major, three bytes a pixel, and its narrowing. lib/image makes frames. */
import { toBytes } from './foreign';
import { describe, invalid, isRecord, numberIn } from './validate';

export const CHANNELS = 3;
/** Longest side of a picture that is read. */
export const MAX_SIDE = 16_384;

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
