/** Where a node takes its picture from, and what it leaves out of the message that it sends on. */
import type { NodeMessage } from 'node-red';
import type { Face } from '../../lib/core/face';
import { toFrame, type Frame, type FrameOrigin } from '../../lib/image/frame';
import {
  fingerprint,
  looksEncoded,
  toImageBytes,
  toImageInput,
  type ImageInput,
} from '../../lib/image/input';
import { invalid, isRecord } from '../../lib/core/validate';

/**
 * msg.frame where a node before has decoded it, else, or where that is a new picture, the image in msg.payload.
 * @throws ArcFlowError INVALID_ARGUMENT
 */
export function imageOf(message: NodeMessage): ImageInput {
  return message['frame'] === undefined || holdsNewPicture(message)
    ? toImageInput(message.payload, 'msg.payload')
    : toFrame(message['frame']);
}

/**
 * Whether msg.payload is another encoded picture than the one that msg.frame belongs to: then frame and faces are out
 * of date. Of a frame whose picture is not known nothing can be said; it stays.
 * @throws ArcFlowError IMAGE_TOO_LARGE
 */
export function holdsNewPicture({ frame, payload }: NodeMessage & { frame?: unknown }): boolean {
  if (frame === undefined || !looksEncoded(payload)) return false;
  const { picture } = toFrame(frame);
  return picture !== undefined && picture !== fingerprint(toImageBytes(payload, 'msg.payload'));
}

/** Takes out of a message, in place, what nodes have found in a picture that it no longer is about. */
export function forgetFrame(message: NodeMessage): void {
  delete message['frame'];
  delete message['faces'];
  delete message['detection'];
  delete message['preprocess'];
}

/** The frame as one that msg.payload shows: a picture made of it, such as a drawing on it, is no new one. */
export function shownBy(frame: Frame, payload: unknown): Frame {
  return {
    ...frame,
    picture: looksEncoded(payload) ? fingerprint(toImageBytes(payload, 'msg.payload')) : '',
  };
}

/** @throws ArcFlowError INVALID_ARGUMENT when no node before has put a frame there. */
export function frameOf(message: NodeMessage): Frame {
  if (message['frame'] === undefined)
    throw invalid('a Frame (wire mtcnn-detect before, and let it keep the frame)', 'msg.frame', undefined);
  return toFrame(message['frame']);
}

/** Who says where a picture came from: the file's name, or the topic. */
export function originOf(message: NodeMessage): Partial<FrameOrigin> {
  const source = [message['filename'], message.topic].find(
    (value) => typeof value === 'string' && value !== '',
  );
  return { timestamp: Date.now(), ...(typeof source === 'string' && { source }) };
}

export interface Slimming {
  /** Remove msg.frame and face.crop: pixels. */
  readonly dropPixels: boolean;
  /** Remove face.embedding. */
  readonly dropEmbeddings: boolean;
}

/** Small messages for debug, MQTT and dashboards: removes what was asked for from the message, in place. */
export function slim(message: NodeMessage, { dropPixels, dropEmbeddings }: Slimming): void {
  if (dropPixels) delete message['frame'];
  const faces = message['faces'];
  if (!(dropPixels || dropEmbeddings) || !Array.isArray(faces)) return;
  message['faces'] = faces.map((face: unknown) =>
    isRecord(face) ? without(face, { dropPixels, dropEmbeddings }) : face,
  );
}

function without(face: Record<string, unknown>, { dropPixels, dropEmbeddings }: Slimming): Partial<Face> {
  const { crop, embedding, ...rest } = face as Partial<Face>;
  return {
    ...rest,
    ...(!dropPixels && crop && { crop }),
    ...(!dropEmbeddings && embedding && { embedding }),
  };
}
