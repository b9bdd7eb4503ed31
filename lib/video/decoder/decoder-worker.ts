/** Worker thread that plays what a decoder process decodes. */
import type { DecoderCommand } from './decoder-command';
import { decodeFrames } from './decoder-process';
import { servePlayer } from '../player/player-thread';

servePlayer<DecoderCommand>((command, { settings, ...context }) =>
  decodeFrames(command, { ...settings, ...context }),
);
