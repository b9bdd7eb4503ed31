/** What the main thread and the memory feel while an engine detects without pause. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Engine } from '../lib/engine/engine';
import type { Frame } from '../lib/image/frame';
import { toDetectOptions } from '../lib/mtcnn/options';
import { rounded } from './statistics';

export interface EngineLoad {
  readonly framesPerSecond: number;
  /** Delay of the main thread's event loop, milliseconds. */
  readonly eventLoopDelayMs: { readonly p50: number; readonly p99: number };
  /** Resident memory of the process after a warm-up, and after all frames, MiB. */
  readonly memoryMb: { readonly start: number; readonly end: number; readonly frames: number };
}

const NANO = 1e6;
const MIB = 2 ** 20;
/** Resolution of the delay's clock, milliseconds; it is part of what is measured. */
const RESOLUTION = 1;
const WARM_UP = 20;

export async function benchEngine(photo: Buffer, minFace: number, frames: number): Promise<EngineLoad> {
  const engine = new Engine({ provider: 'cpu', threads: 0 });
  const options = toDetectOptions({ minFaceSize: minFace });
  try {
    const detect = async (): Promise<Frame> => (await engine.call('detect', photo, {}, options)).frame;
    for (let frame = 0; frame < WARM_UP; frame++) await detect();
    const start = process.memoryUsage.rss() / MIB;
    const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
    delay.enable();
    const started = performance.now();
    for (let frame = 0; frame < frames; frame++) await detect();
    const seconds = (performance.now() - started) / 1000;
    delay.disable();
    return {
      framesPerSecond: rounded(frames / seconds),
      eventLoopDelayMs: {
        p50: rounded(delay.percentile(50) / NANO),
        p99: rounded(delay.percentile(99) / NANO),
      },
      memoryMb: { start: rounded(start), end: rounded(process.memoryUsage.rss() / MIB), frames },
    };
  } finally {
    await engine.close();
  }
}
