/** What a peer's process is asked to do, what it answers, and how a timing is taken: the same for all of them. */
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { messageOf } from '../../lib/core/errors';
import type { Box } from '../../lib/core/box';
import { CHANNELS } from '../../lib/image/frame';
import { mean, rounded } from '../statistics';

export interface PeerJob {
  readonly runs: number;
  readonly sizes: readonly {
    readonly size: string;
    /** JPEG files of this size. */
    readonly photos: readonly string[];
  }[];
}

export interface PeerTiming {
  readonly detector: string;
  readonly size: string;
  /** What was found in each photograph. */
  readonly boxes: readonly (readonly Box[])[];
  /** From decoded pixels to boxes: fastest of the runs, mean over the photographs. */
  readonly detectMs: number;
  /** To embeddings of all faces; null for a peer that has none. */
  readonly recogniseMs: number | null;
}

/** The one line that a peer's process prints. */
export interface PeerAnswer {
  readonly version: string | null;
  readonly timings: readonly PeerTiming[];
  /** Why there are no timings. */
  readonly missing?: string;
}

/** RGB, row-major, three bytes a pixel. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** One way to look for faces. */
export interface PeerDetector {
  readonly name: string;
  readonly detect: (pixels: Pixels) => Promise<readonly Box[]>;
  /** Detects and embeds. */
  readonly recognise?: (pixels: Pixels) => Promise<unknown>;
}

export interface Peer {
  readonly version: string;
  readonly detectors: readonly PeerDetector[];
}

/** Thrown by a peer's `open` where something is not installed; says what to install. */
export class PeerMissing extends Error {}

/** The main function of a peer's process: its only argument is the job's file. */
export async function answerJob(open: () => Promise<Peer>): Promise<void> {
  const job = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as PeerJob;
  process.stdout.write(`${JSON.stringify(await answer(open, job))}\n`);
}

async function answer(open: () => Promise<Peer>, job: PeerJob): Promise<PeerAnswer> {
  try {
    const { version, detectors } = await open();
    const timings: PeerTiming[] = [];
    for (const { size, photos } of job.sizes) {
      const pictures = await Promise.all(photos.map(readPixels));
      for (const detector of detectors)
        timings.push({ size, ...(await timeDetector(detector, pictures, job.runs)) });
    }
    return { version, timings };
  } catch (error) {
    if (error instanceof PeerMissing) return { version: null, timings: [], missing: messageOf(error) };
    throw error;
  }
}

async function timeDetector(
  { name, detect, recognise }: PeerDetector,
  pictures: readonly Pixels[],
  runs: number,
): Promise<Omit<PeerTiming, 'size'>> {
  const boxes: (readonly Box[])[] = [];
  for (const pixels of pictures) boxes.push(await detect(pixels));
  return {
    detector: name,
    boxes,
    detectMs: await timeEach(detect, pictures, runs),
    recogniseMs: recognise ? await timeEach(recognise, pictures, runs) : null,
  };
}

/** Fastest of the runs, mean over the pictures: what else runs on the machine spares no two processes equally. */
async function timeEach(
  work: (pixels: Pixels) => Promise<unknown>,
  pictures: readonly Pixels[],
  runs: number,
): Promise<number> {
  const fastest: number[] = [];
  for (const pixels of pictures) {
    const times: number[] = [];
    for (let run = 0; run <= runs; run++) {
      const started = performance.now();
      await work(pixels);
      // The first run compiles and allocates.
      if (run > 0) times.push(performance.now() - started);
    }
    fastest.push(Math.min(...times));
  }
  return rounded(mean(fastest));
}

async function readPixels(path: string): Promise<Pixels> {
  const { data, info } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  if (info.channels !== CHANNELS) throw new Error(`${path} has ${info.channels} channels`);
  return { data, width: info.width, height: info.height };
}
