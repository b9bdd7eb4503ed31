/** What a message tells a video source to do. */
import type { NodeMessage } from 'node-red';
import { numberIn, oneOf } from '../../lib/core/validate';

export const COMMANDS = ['start', 'stop', 'pause', 'resume', 'snapshot', 'seek'] as const;
export type CommandName = (typeof COMMANDS)[number];

export type Command =
  { readonly name: Exclude<CommandName, 'seek'> } | { readonly name: 'seek'; readonly seconds: number };

/**
 * msg.operation, else msg.payload; msg.seconds with "seek".
 * @throws ArcFlowError INVALID_ARGUMENT
 */
export function commandOf(message: NodeMessage): Command {
  const { operation } = message as { operation?: unknown };
  const name =
    operation === undefined
      ? oneOf(message.payload, 'msg.payload', COMMANDS)
      : oneOf(operation, 'msg.operation', COMMANDS);
  if (name !== 'seek') return { name };
  return { name, seconds: numberIn(message['seconds'], 'msg.seconds', { min: 0 }) };
}
