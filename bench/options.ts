/** What the bench is asked to do. */
import { parseArgs } from 'node:util';
import { messageOf } from '../lib/core/errors';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** How much is measured. */
export interface Plan {
  /** Timed runs of everything; a first one more, which compiles and allocates, is not counted. */
  readonly runs: number;
  /** Photographs for each size. */
  readonly photos: number;
  /** Samples in the gallery. */
  readonly galleries: readonly number[];
  /** Frames for the frames per second of each size and smallest face. */
  readonly pipelineFrames: number;
  /** Frames one after the other, to see whether the memory stays where it is. */
  readonly enduranceFrames: number;
}

export interface BenchOptions {
  readonly json: boolean;
  readonly peers: boolean;
  /** Nothing but the peers, ours beside them. */
  readonly peersOnly: boolean;
  readonly preprocess: boolean;
  /** A folder of photographs in place of the samples. */
  readonly photos: string | undefined;
  /** Which faces these photographs have. */
  readonly truth: string | undefined;
  readonly sizes: readonly Size[];
  readonly plan: Plan;
}

const FULL: Plan = {
  runs: 31,
  photos: 4,
  galleries: [1_000, 10_000, 100_000, 1_000_000],
  pipelineFrames: 40,
  enduranceFrames: 2_000,
};
const QUICK: Plan = {
  runs: 3,
  photos: 1,
  galleries: [1_000, 10_000],
  pipelineFrames: 3,
  enduranceFrames: 20,
};
const DEFAULT_SIZES = '640x360,1280x720,1920x1080';
const MAX_SIDE = 16_384;

export class UsageError extends Error {}

export const USAGE = `Usage: npm run --silent bench -- [options]
  --json         print one JSON object instead of tables
  --sizes LIST   frame sizes (default ${DEFAULT_SIZES})
  --photos DIR   photographs to detect in (default: the samples of @vladmandic/face-api)
  --truth FILE   with --photos and --peers: their faces, as photos.json of the evaluation, to count how many are found
  --peers        also run what could be installed instead: face-api, human, OpenCV's cascades
                 (first: npm install --no-save @vladmandic/human @tensorflow/tfjs@4 @tensorflow/tfjs-backend-wasm@4
                 and, on Debian, apt install python3-opencv opencv-data)
  --peers-only   nothing but these, ours beside them
  --quick        few runs, small galleries: to see that everything runs
`;

/** @throws UsageError naming the option */
export function parseOptions(args: readonly string[]): BenchOptions {
  const values = parse(args);
  return {
    json: values.json,
    peers: values.peers || values['peers-only'],
    peersOnly: values['peers-only'],
    preprocess: !values.quick,
    photos: values.photos,
    truth: values.truth,
    sizes: values.sizes.split(',').map(parseSize),
    plan: values.quick ? QUICK : FULL,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        peers: { type: 'boolean', default: false },
        'peers-only': { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        photos: { type: 'string' },
        truth: { type: 'string' },
        sizes: { type: 'string', default: DEFAULT_SIZES },
      },
    }).values;
  } catch (error) {
    throw new UsageError(messageOf(error).split('. ')[0]);
  }
}

export function parseSize(text: string): Size {
  const [, width, height] = (/^(\d+)x(\d+)$/.exec(text.trim()) ?? []).map(Number);
  const fits = (side: number | undefined): side is number => side! > 0 && side! <= MAX_SIDE;
  if (!fits(width) || !fits(height))
    throw new UsageError(`Expected sizes such as 1280x720 for --sizes but received "${text}"`);
  return { width, height };
}

export function sizeText({ width, height }: Size): string {
  return `${width}x${height}`;
}
