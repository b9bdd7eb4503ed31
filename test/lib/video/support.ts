/** What the video tests share: clips with known pixels, the decoders that are here, and what processes are left. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../../../lib/core/errors';
import { createFrame, type Frame } from '../../../lib/image/frame';
import { encodeFrame } from '../../../lib/image/encode';
import { findDecoder, parentDeathPrefix } from '../../../lib/video/decoder/decoder';
import type { VideoSource, VideoState } from '../../../lib/video/source/video-source';
import { leaveOut, needs } from '../../support/needs';

/** What FFmpeg plays raw JPEG sequences at. */
export const CLIP_RATE = 25;
/** Grey levels of two frames that follow each other differ by so much: more than JPEG and YUV change them. */
const GREY_STEP = 5;

/** A JPEG of one grey level that tells the frame's number. */
export function numberedJpeg(n: number, width = 160, height = 120): Promise<Buffer> {
  const frame = createFrame(width, height);
  frame.data.fill((n * GREY_STEP) % 256);
  return encodeFrame(frame, { format: 'jpeg', quality: 95 });
}

/** The number of a frame that numberedJpeg made. */
export function numberOf({ data, width, height }: Frame): number {
  const middle = 3 * (Math.floor(height / 2) * width + Math.floor(width / 2));
  return Math.round(data[middle]! / GREY_STEP);
}

export interface TestFolder {
  readonly path: string;
  remove: () => void;
}

export function testFolder(): TestFolder {
  const path = mkdtempSync(join(tmpdir(), 'arcflow-video-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A clip of numbered frames at CLIP_RATE; at most 50, whose grey levels differ. */
export async function writeClip(path: string, frames: number): Promise<void> {
  const jpegs = await Promise.all(Array.from({ length: frames }, (_, n) => numberedJpeg(n)));
  writeFileSync(path, Buffer.concat(jpegs));
}

/** decoderPath values of the decoders that there may be. */
export const DECODERS = ['ffmpeg', 'node-av'] as const;
export type DecoderPath = (typeof DECODERS)[number];

/** Why a decoder cannot be used here; undefined where it can. */
function decoderMissing(name: DecoderPath): Promise<string | undefined> {
  return findDecoder(name).then(
    () => undefined,
    (error: unknown) => messageOf(error),
  );
}

/** Leaves the test or the group out where the decoder is missing. */
export async function needsDecoder(context: Mocha.Context, name: DecoderPath): Promise<void> {
  needs(context, name, await decoderMissing(name));
}

/** The decoders on this machine; leaves the test or the group out where there is none. */
export async function decodersFor(context: Mocha.Context): Promise<DecoderPath[]> {
  const there: DecoderPath[] = [];
  for (const name of DECODERS) {
    const missing = await decoderMissing(name);
    if (missing === undefined) there.push(name);
    else leaveOut(context, name, missing);
  }
  if (there.length === 0) context.skip();
  return there;
}

/** Leaves the test or the group out where a decoder cannot be told to die with its parent. */
export async function needsSetpriv(context: Mocha.Context): Promise<void> {
  const isThere = (await parentDeathPrefix()).length > 0;
  needs(context, 'setpriv', isThere ? undefined : 'a decoder would live on to its time limits');
}

/** Resolves with the next state of that name; rejects when none comes in time. */
export function nextState<S extends VideoState['state']>(
  source: VideoSource,
  name: S,
  withinMs = 120_000,
): Promise<Extract<VideoState, { state: S }>> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      source.off('state', listen);
      reject(new Error(`No state "${name}" within ${withinMs} ms; the last was "${source.state.state}"`));
    }, withinMs);
    const listen = (state: VideoState): void => {
      if (state.state !== name) return;
      clearTimeout(timer);
      source.off('state', listen);
      resolve(state as Extract<VideoState, { state: S }>);
    };
    source.on('state', listen);
  });
}

/** Ids of the processes that a process started and that still run (zombies do not). Linux only. */
export function childrenOf(parent: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => isRunning(pid) && Number(statusOf(pid)[1]) === parent);
}

export function isRunning(pid: number): boolean {
  const [state] = statusOf(pid);
  return state !== undefined && state !== 'Z';
}

/** State and parent of a process on Linux; nothing when it is gone. */
function statusOf(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

/** What every user of the machine can read of a process. Linux only. */
export function commandLine(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
}
