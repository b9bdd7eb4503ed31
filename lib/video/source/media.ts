/** What a source plays and how, whether a decoder process or an image decoder makes its frames. */
import { access } from 'node:fs/promises';
import { ArcFlowError } from '../../core/errors';
import { listImages } from '../../image/folder';
import { findDecoder, parentDeathPrefix } from '../decoder/decoder';
import { decoderCommand, type DecoderCommand } from '../decoder/decoder-command';
import { toDecoderInput } from '../decoder/decoder-input';
import { filterChain } from '../decoder/filters';
import type { FormatChoice } from './format-choice';
import {
  DEFAULT_PACE,
  PICTURES_PER_SECOND,
  type Pace,
  type PicturesInput,
  type VideoInput,
  type VideoSettings,
} from './options';
import type { PlayerEntry } from '../player/player-client';
import type { Outcome, Pictures, PlayPolicy } from '../player/player-messages';

export type Playable = DecoderCommand | Pictures;

export interface Media {
  /** Who decodes, for people. */
  readonly decoder: string;
  readonly entry: PlayerEntry;
  /** It has an end, and can be sought in; what has none is connected to again when it ends. */
  readonly finite: boolean;
  readonly loop: boolean;
  readonly policy: PlayPolicy;
  readonly open: (seekSeconds: number) => Promise<Playable>;
  /** One attempt to play, in as many ways as there are to read it. */
  readonly attempt: (play: () => Promise<Outcome>) => Promise<Outcome>;
}

/** The source's address or path without secrets, and the secrets. */
export function identify({ input, connectWithinMs }: VideoSettings): {
  shown: string;
  secrets: readonly string[];
} {
  return input.kind === 'pictures'
    ? { shown: input.folder, secrets: [] }
    : toDecoderInput(input, connectWithinMs);
}

/** A live picture is one frame late at most, and a large one is still decoded in time. */
const LIVE_THREADS = 2;

/**
 * @param formats how the source was read so far
 * @throws ArcFlowError DECODER_MISSING, SOURCE_UNAVAILABLE for a file that is not there, INVALID_ARGUMENT for a folder
 * without pictures.
 */
export function findMedia(settings: VideoSettings, formats: FormatChoice): Promise<Media> {
  const { input } = settings;
  return input.kind === 'pictures' ? findPictures(settings, input) : findVideo(settings, input, formats);
}

async function findVideo(
  settings: VideoSettings,
  kind: Exclude<VideoInput, PicturesInput>,
  formats: FormatChoice,
): Promise<Media> {
  if (kind.kind === 'file') await checkFile(kind.path);
  const { everyNth, maxFramesPerSecond, width, height, hardware, connectWithinMs } = settings;
  const decoder = await findDecoder(settings.decoderPath);
  const prefix = await parentDeathPrefix();
  const input = toDecoderInput(kind, connectWithinMs);
  const { finite, paced } = input;
  // Streams that come as they are taken are stamped unreliably: MJPEG over HTTP has no stamps at all.
  const clock = finite || paced ? 'media' : 'wall';
  const filters = filterChain({ everyNth, maxFramesPerSecond, width, height, clock });
  const threads = finite ? 0 : LIVE_THREADS;
  const command = (seekSeconds: number): DecoderCommand =>
    decoderCommand({ input: formats.apply(input), filters, hardware, threads, seekSeconds }, decoder, prefix);
  return {
    decoder: decoder.name,
    entry: 'decoder-worker',
    finite,
    loop: kind.kind === 'file' && kind.loop === true,
    policy: { paced, every: finite && !paced, stoppable: finite },
    open: (seekSeconds) => Promise.resolve(command(seekSeconds)),
    attempt: (play) => formats.play(input, play),
  };
}

async function checkFile(path: string): Promise<void> {
  try {
    await access(path);
  } catch (error) {
    throw new ArcFlowError('SOURCE_UNAVAILABLE', `The video file ${path} cannot be read`, 'no such file', {
      cause: error,
    });
  }
}

async function findPictures(settings: VideoSettings, input: PicturesInput): Promise<Media> {
  const { everyNth, maxFramesPerSecond = Infinity, width, height } = settings;
  const framesPerSecond = input.framesPerSecond ?? PICTURES_PER_SECOND;
  await listImages(input.folder);
  const rate = Math.min(framesPerSecond / everyNth, maxFramesPerSecond);
  return {
    decoder: 'sharp',
    entry: 'pictures-worker',
    finite: true,
    loop: input.loop === true,
    policy: policyOf(input.pace),
    open: async (seekSeconds) => {
      const images = await listImages(input.folder);
      const first = Math.round(seekSeconds * framesPerSecond);
      const paths = images.slice(first).map(({ path }) => path);
      return {
        paths: paths.filter((_, index) => index % everyNth === 0),
        framesPerSecond: rate,
        width,
        height,
      };
    },
    attempt: (play) => play(),
  };
}

function policyOf(pace: Pace = DEFAULT_PACE): PlayPolicy {
  return { paced: pace === 'real time', every: pace === 'flow', stoppable: true };
}
