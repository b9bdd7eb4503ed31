/** How long an exact match takes, for galleries of several sizes: made-up people of one sample each, one probe. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { toUnitLength } from '../lib/core/vector';
import { createRandom } from '../scripts/shared/random';
import { SearchEngine } from './search';

export interface MatchTiming {
  readonly samples: number;
  readonly dimension: number;
  /** Median of one match, from the call to the answer, milliseconds. */
  readonly ms: number;
  /** What 100,000 samples take, of the process's resident memory; null where there are too few to tell. */
  readonly mbPer100k: number | null;
  /** How late the main thread's timers were meanwhile: 99th percentile, milliseconds. */
  readonly eventLoopDelayMs: number;
}

const DIMENSION = 512;
const CANDIDATES = 5;
const WARM_UP = 3;
const RUNS = 21;
/** Samples handed to the engine at once, as the store does. */
const BATCH = 256;
const TELLING_SIZE = 50_000;
const TIMER_MS = 1;

const random = createRandom(1);

/** Writes a unit vector in a random direction. */
function fillDirection(target: Float32Array): void {
  for (let i = 0; i < target.length; i++) target[i] = 2 * random() - 1;
  target.set(toUnitLength(target)!);
}

/** Adds made-up people number `from` to `to`, of one sample each. */
export async function fillGallery(engine: SearchEngine, from: number, to: number): Promise<void> {
  for (let first = from; first < to; first += BATCH) {
    const count = Math.min(BATCH, to - first);
    const ids = Uint32Array.from({ length: count }, (_, i) => first + i + 1);
    const embeddings = new Float32Array(count * DIMENSION);
    for (let i = 0; i < count; i++) fillDirection(embeddings.subarray(i * DIMENSION, (i + 1) * DIMENSION));
    await engine.add(DIMENSION, { sampleIds: ids, personIds: ids.slice(), embeddings });
  }
}

async function timeMatches(engine: SearchEngine): Promise<Pick<MatchTiming, 'ms' | 'eventLoopDelayMs'>> {
  const times: number[] = [];
  const delay = monitorEventLoopDelay({ resolution: TIMER_MS });
  for (let run = -WARM_UP; run < RUNS; run++) {
    if (run === 0) delay.enable();
    const probe = new Float32Array(DIMENSION);
    fillDirection(probe);
    const start = performance.now();
    await engine.search([probe], CANDIDATES);
    if (run >= 0) times.push(performance.now() - start);
  }
  delay.disable();
  const late = delay.percentile(99) / 1e6 - TIMER_MS;
  return {
    ms: times.sort((a, b) => a - b)[Math.floor(RUNS / 2)]!,
    eventLoopDelayMs: Number.isFinite(late) ? Math.max(0, late) : 0,
  };
}

/** @param sizes numbers of samples, in ascending order; a million takes 2.7 GB of memory and a minute to make up. */
export async function benchMatch(sizes: readonly number[]): Promise<MatchTiming[]> {
  const engine = new SearchEngine();
  try {
    await engine.search([new Float32Array(DIMENSION)], 1); // the thread has started
    const empty = process.memoryUsage.rss();
    const timings: MatchTiming[] = [];
    let samples = 0;
    for (const size of sizes) {
      await fillGallery(engine, samples, size);
      samples = size;
      const megabytes = (process.memoryUsage.rss() - empty) / 1e6;
      timings.push({
        samples,
        dimension: DIMENSION,
        mbPer100k: samples < TELLING_SIZE ? null : (megabytes / samples) * 100_000,
        ...(await timeMatches(engine)),
      });
    }
    return timings;
  } finally {
    await engine.close();
  }
}
