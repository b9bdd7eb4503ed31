/** Worker thread that plays image files. */
import { pictureFrames } from './pictures';
import type { Pictures } from './player-messages';
import { servePlayer } from './player-thread';

servePlayer<Pictures>(pictureFrames);
