/** Worker thread that plays image files. */
import { pictureFrames } from './pictures';
import type { Pictures } from '../player/player-messages';
import { servePlayer } from '../player/player-thread';

servePlayer<Pictures>(pictureFrames);
