/** A flow's work as a flow does it: in the engine's worker, the main thread only waiting. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Engine } from '../lib/engine/engine';
import type { Frame } from '../lib/image/frame';
import { toAnnotateOptions } from '../lib/annotate/options';
import type { DetectRequest } from '../lib/engine/operations';
import { CANDIDATES, JPEG } from './detect';
import { rounded } from './statistics';
import type { Workbench } from './workbench';

/** How late the main thread's timers are, milliseconds. */
export interface Delay {
  readonly p50: number;
  readonly p99: number;
}

export interface PipelineTiming {
  /** From JPEG to annotated JPEG, every frame after the one before. */
  readonly framesPerSecond: number;
  readonly eventLoopDelayMs: Delay;
}

/** What the main thread and the memory feel while the engine detects without pause. */
export interface Endurance {
  readonly eventLoopDelayMs: Delay;
  readonly memoryMb: Memory;
}

export interface Memory {
  readonly frames: number;
  /** Resident memory of the process after a warm-up, after all frames, and at their quarters: MiB. */
  readonly start: number;
  readonly end: number;
  readonly quarters: readonly number[];
}

const NANO_PER_MILLI = 1e6;
const MIB = 2 ** 20;
/** Period of the timer that is watched, milliseconds. */
const TIMER_MS = 1;
/** Frames that load the networks, at first, and let the memory settle. */
const WARM_UP = 2;
const ENDURANCE_WARM_UP = 50;

export function openEngine(): Engine {
  return new Engine({ provider: 'cpu', threads: 0 });
}

/** @param photos JPEG files, taking turns */
export async function benchPipeline(
  engine: Engine,
  bench: Workbench,
  photos: readonly Buffer[],
  request: DetectRequest,
  frames: number,
): Promise<PipelineTiming> {
  const pass = (frame: number): Promise<void> =>
    processPhoto(engine, bench, photos[frame % photos.length]!, request);
  for (let frame = 0; frame < WARM_UP; frame++) await pass(frame);
  const { seconds, delay } = await timed(async () => {
    for (let frame = 0; frame < frames; frame++) await pass(frame);
  });
  return { framesPerSecond: rounded(frames / seconds), eventLoopDelayMs: delay };
}

async function processPhoto(
  engine: Engine,
  { embedModel, gallery }: Workbench,
  photo: Buffer,
  request: DetectRequest,
): Promise<void> {
  const { frame, faces } = await engine.call('detect', photo, {}, request);
  const landmarks = faces.map((face) => face.landmarks);
  const embedding = { model: embedModel, flip: false, crops: false };
  const embedded = await engine.call('embed', frame, landmarks, embedding);
  const probes = embedded.map((result) => result.embedding);
  await gallery.search(probes, CANDIDATES);
  await engine.call('annotate', frame, faces, { annotate: toAnnotateOptions({}), encode: JPEG });
}

/** Detects in one photograph again and again; every frame is decoded anew. */
export async function benchEndurance(
  engine: Engine,
  photo: Buffer,
  minFace: number,
  frames: number,
): Promise<Endurance> {
  const request = { minFaceSize: minFace };
  const detect = async (count: number): Promise<void> => {
    for (let frame = 0; frame < count; frame++) await detectOnce();
  };
  const detectOnce = async (): Promise<Frame> => (await engine.call('detect', photo, {}, request)).frame;
  await detect(Math.min(ENDURANCE_WARM_UP, frames));
  const start = residentMb();
  const quarters: number[] = [];
  const { delay } = await timed(async () => {
    for (let quarter = 0; quarter < 4; quarter++) {
      await detect(Math.ceil(frames / 4));
      quarters.push(residentMb());
    }
  });
  return { eventLoopDelayMs: delay, memoryMb: { frames, start, end: quarters.at(-1)!, quarters } };
}

function residentMb(): number {
  return rounded(process.memoryUsage.rss() / MIB);
}

async function timed(work: () => Promise<void>): Promise<{ seconds: number; delay: Delay }> {
  const monitor = monitorEventLoopDelay({ resolution: TIMER_MS });
  const late = (percentile: number): number =>
    rounded(Math.max(0, monitor.percentile(percentile) / NANO_PER_MILLI - TIMER_MS));
  monitor.enable();
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  monitor.disable();
  return { seconds, delay: { p50: late(50), p99: late(99) } };
}
