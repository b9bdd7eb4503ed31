/**
 * Pixels that are cheap to clone. Node-RED clones what it sends to a second node, and to a Catch node, on the main
 * thread: of a Buffer both see the same memory, but any other typed array is copied number by number, which takes
 * seconds for a frame and holds up every flow. So frames in messages have Buffers for data, on the same memory.
 */
import type { NodeMessage } from 'node-red';
import { looksLikeFrame } from '../../lib/image/frame';
import { isRecord } from '../../lib/validate';

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

interface Bytes {
  readonly data: Uint8Array;
}

/** A frame whose data is bytes, but no Buffer yet. */
function holdsBytes(value: unknown): value is Bytes {
  return looksLikeFrame(value) && value['data'] instanceof Uint8Array && !Buffer.isBuffer(value['data']);
}

function withBuffer(frame: Bytes): Bytes {
  const { buffer, byteOffset, byteLength } = frame.data;
  return { ...frame, data: Buffer.from(buffer, byteOffset, byteLength) };
}
