/** Images as they arrive in messages: encoded in a Buffer, base64 or a data URL, or decoded in a Frame. */
import { createHash } from 'node:crypto';
import { types } from 'node:util';
import { ArcFlowError } from '../core/errors';
import { toBytes } from '../core/foreign';
import { invalid } from '../core/validate';
import { beginsLikePicture, TELLING_BYTES } from './format';
import { looksLikeFrame, toFrame, type Frame } from './frame';
import { LARGEST_FILE_BYTES } from './limits';

/** An image on its way to the worker: a checked Frame, or encoded bytes or text that the worker decodes. */
export type ImageInput = Frame | Uint8Array | string;

const DATA_URL = /^data:[^,]*?;base64,/i;
/** Of what DATA_URL matches, and the data's beginning, characters. */
const LONGEST_START = 100;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/** @throws ArcFlowError INVALID_ARGUMENT when the value is no image at all. */
export function toImageInput(value: unknown, name: string): ImageInput {
  if (looksLikeFrame(value)) return toFrame(value, name);
  if (typeof value === 'string') return value;
  const bytes = toBytes(value);
  if (!bytes) throw noImage(value, name);
  // A view of a larger buffer would take the whole buffer along to the worker, and shared memory may still change.
  const whole = bytes.byteLength === bytes.buffer.byteLength && !types.isSharedArrayBuffer(bytes.buffer);
  return whole ? bytes : new Uint8Array(bytes);
}

/**
 * The bytes of an encoded image.
 * @throws ArcFlowError INVALID_ARGUMENT, IMAGE_UNREADABLE (empty) or IMAGE_TOO_LARGE.
 */
export function toImageBytes(value: unknown, name = 'msg.payload'): Uint8Array {
  const bytes = typeof value === 'string' ? fromBase64(value, name) : toBytes(value);
  if (!bytes) throw noImage(value, name);
  if (bytes.length === 0)
    throw new ArcFlowError('IMAGE_UNREADABLE', `The image in ${name} is empty`, 'empty image');
  if (bytes.length > LARGEST_FILE_BYTES) {
    throw new ArcFlowError(
      'IMAGE_TOO_LARGE',
      `The image in ${name} has ${bytes.length} bytes; at most ${LARGEST_FILE_BYTES} are read`,
      'image too large',
    );
  }
  return bytes;
}

/** Whether bytes, a base64 string or a data URL begin like a picture file. */
export function looksEncoded(value: unknown): boolean {
  if (typeof value === 'string') {
    const text = value.slice(0, value.length - value.trimStart().length + LONGEST_START).trimStart();
    const body = text.replace(DATA_URL, '').slice(0, (TELLING_BYTES / 3) * 4);
    return beginsLikePicture(Buffer.from(body, 'base64'));
  }
  const bytes = toBytes(value);
  return bytes !== undefined && beginsLikePicture(bytes);
}

/** The same for the same picture file, whichever way it came: SHA-256 of its bytes. */
export function fingerprint(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url');
}

function noImage(value: unknown, name: string): ArcFlowError {
  return invalid('an image (Buffer, base64 string, data URL or Frame)', name, value);
}

function fromBase64(text: string, name: string): Uint8Array {
  const trimmed = text.trimStart();
  const prefix = DATA_URL.exec(trimmed)?.[0] ?? '';
  const body = trimmed.slice(prefix.length).replace(/\s+/g, '');
  if (body === '') return new Uint8Array();
  if (!BASE64.test(body)) throw invalid('a base64 or data-URL image', name, text);
  return Buffer.from(body, 'base64');
}
