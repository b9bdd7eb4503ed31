/** Encoded images as they arrive in messages: a Buffer, base64, or a data URL. */
import { ArcFlowError } from '../errors';
import { invalid } from '../validate';
import { LARGEST_FILE_BYTES } from './limits';

const DATA_URL = /^data:[^,]*?;base64,/i;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/**
 * The bytes of an encoded image.
 * @throws ArcFlowError INVALID_ARGUMENT, IMAGE_UNREADABLE (empty) or IMAGE_TOO_LARGE.
 */
export function toImageBytes(value: unknown, name = 'msg.payload'): Uint8Array {
  const bytes = typeof value === 'string' ? fromBase64(value, name) : value;
  if (!(bytes instanceof Uint8Array))
    throw invalid('an image (Buffer, base64 string, data URL or Frame)', name, value);
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

function fromBase64(text: string, name: string): Uint8Array {
  const trimmed = text.trimStart();
  const prefix = DATA_URL.exec(trimmed)?.[0] ?? '';
  const body = trimmed.slice(prefix.length).replace(/\s+/g, '');
  if (body === '') return new Uint8Array();
  if (!BASE64.test(body)) throw invalid('a base64 or data-URL image', name, text);
  return Buffer.from(body, 'base64');
}
