/**
 * Pixels that are cheap to clone. Node-RED clones what it sends to a second node, and to a Catch node, on the main
 * thread: of a Buffer both see the same memory, but any other typed array is copied number by number, which takes
 * seconds for a frame and holds up every flow. So frames in messages have Buffers for data, on the same memory.
 */
import type { NodeMessage } from 'node-red';
import { toBytes } from '../../lib/core/foreign';
import { looksLikeFrame } from '../../lib/image/frame';
import { isRecord } from '../../lib/core/validate';

/** Makes the data of every frame in the message (frame, payload, crops of faces) a Buffer, without a copy. */
export function sharePixels(message: NodeMessage): void {
  for (const name of ['frame', 'payload'] as const) {
    if (holdsBytes(message[name])) message[name] = withBuffer(message[name]);
  }
  const faces = message['faces'];
  if (!Array.isArray(faces) || !faces.some((face) => isRecord(face) && holdsBytes(face['crop']))) return;
  message['faces'] = faces.map((face: unknown) =>
    isRecord(face) && holdsBytes(face['crop']) ? { ...face, crop: withBuffer(face['crop']) } : face,
  );
}

/** A frame whose data is bytes, but no Buffer yet. */
function holdsBytes(value: unknown): value is { readonly data: unknown } {
  return looksLikeFrame(value) && !Buffer.isBuffer(value['data']) && toBytes(value['data']) !== undefined;
}

function withBuffer(frame: { readonly data: unknown }): { readonly data: unknown } {
  const bytes = toBytes(frame.data);
  if (!bytes) return frame;
  return { ...frame, data: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}
