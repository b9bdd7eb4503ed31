/** Image files as a stream of frames. */
import { readFile } from 'node:fs/promises';
import { decodeImage } from '../../image/decode';
import type { DecodedFrame } from './frame-assembler';
import type { Pictures } from '../player/player-messages';

/** @throws ArcFlowError IMAGE_UNREADABLE or IMAGE_TOO_LARGE, or what the file system says. */
export async function* pictureFrames({
  paths,
  framesPerSecond,
  width,
  height,
}: Pictures): AsyncGenerator<DecodedFrame, void, undefined> {
  for (const [index, path] of paths.entries()) {
    const frame = await decodeImage(await readFile(path), {}, { width, height });
    yield { data: frame.data, width: frame.width, height: frame.height, seconds: index / framesPerSecond };
  }
}
