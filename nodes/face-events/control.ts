/** Messages that carry no frame: what a video source reports on its second output, and what a user orders. */
import type { NodeMessage } from 'node-red';
import { isRecord, nonEmptyString, oneOf } from '../../lib/core/validate';

/** A source in one of these states sends no more frames; one that is lost is connected to again. */
const OVER = ['ended', 'stopped'];

export type Control =
  /** Everybody at a source has left. */
  | { readonly kind: 'close'; readonly source: string }
  /** Everybody has left and strangers are forgotten. */
  | { readonly kind: 'reset' }
  /** A report that changes nothing. */
  | { readonly kind: 'ignore' };

/**
 * What a message orders; undefined for one that brings a frame.
 * @throws ArcFlowError INVALID_ARGUMENT for an unknown msg.operation.
 */
export function toControl(message: NodeMessage): Control | undefined {
  const { operation, source, payload, frame, faces } = message;
  if (frame === undefined && faces === undefined) {
    if (isRecord(payload) && typeof payload['state'] === 'string' && typeof payload['source'] === 'string')
      return OVER.includes(payload['state'])
        ? { kind: 'close', source: payload['source'] }
        : { kind: 'ignore' };
  }
  // A message that was matched on its way here says so.
  if (operation === undefined || operation === 'match') return undefined;
  oneOf(operation, 'msg.operation', ['reset']);
  return source === undefined
    ? { kind: 'reset' }
    : { kind: 'close', source: nonEmptyString(source, 'msg.source') };
}
