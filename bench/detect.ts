/** Detection stage by stage, beside its bare networks in the same process. */
import { decodeImage } from '../lib/image/decode';
import { openNetwork } from '../lib/inference/network';
import { requireModel } from '../lib/models/manifest';
import { Detector } from '../lib/mtcnn/detector';
import { toDetectOptions } from '../lib/mtcnn/options';
import { Stopwatch } from '../lib/stopwatch';
import { record } from './networks';
import { median, rounded } from './statistics';

export interface DetectTiming {
  readonly size: string;
  readonly minFace: number;
  /** Milliseconds from a decoded frame to its faces: median of the runs, mean over the photographs. */
  readonly totalMs: number;
  /** The same networks on the same tensors, nothing but session.run. */
  readonly networksMs: number;
  /** totalMs / networksMs. */
  readonly overhead: number;
  /** Milliseconds for each stage, decode among them although totalMs leaves it out. */
  readonly stages: Readonly<Record<string, number>>;
}

/** Medians over the runs, milliseconds. */
interface PhotoTiming {
  readonly total: number;
  readonly bare: number;
  readonly stages: Readonly<Record<string, number>>;
}

/** @param photos JPEG files of one size */
export async function benchDetect(
  photos: readonly Buffer[],
  size: string,
  minFace: number,
  { runs, threads }: { readonly runs: number; readonly threads: number },
): Promise<DetectTiming> {
  const ids = ['mtcnn-pnet', 'mtcnn-rnet', 'mtcnn-onet'];
  const opened = await Promise.all(
    ids.map((id) => openNetwork(requireModel(id).path, { provider: 'cpu', threads })),
  );
  const networks = opened.map(record);
  const [pnet, rnet, onet] = networks;
  const detector = new Detector({ pnet: pnet!, rnet: rnet!, onet: onet! });
  const options = toDetectOptions({ minFaceSize: minFace });
  const perPhoto: PhotoTiming[] = [];
  for (const photo of photos) perPhoto.push(await benchPhoto(photo));
  for (const network of networks) await network.release();

  const mean = (value: (timing: PhotoTiming) => number): number =>
    rounded(perPhoto.reduce((sum, timing) => sum + value(timing), 0) / perPhoto.length);
  const totalMs = mean((timing) => timing.total);
  const networksMs = mean((timing) => timing.bare);
  const stages = Object.keys(perPhoto[0]!.stages).map((stage) => [
    stage,
    mean(({ stages: of }) => of[stage] ?? 0),
  ]);
  return {
    size,
    minFace,
    totalMs,
    networksMs,
    overhead: rounded(totalMs / networksMs),
    stages: Object.fromEntries(stages) as Record<string, number>,
  };

  async function benchPhoto(photo: Buffer): Promise<PhotoTiming> {
    const totals: number[] = [];
    const bare: number[] = [];
    const stages: Record<string, number>[] = [];
    for (let run = 0; run <= runs; run++) {
      const watch = new Stopwatch();
      const frame = await watch.time('decode', () => decodeImage(photo));
      if (run === 0) networks.forEach((network) => network.forget());
      const started = performance.now();
      await detector.detect(frame, options, watch);
      const total = performance.now() - started;
      // Right after the detection that they are compared with: both see the same machine.
      let alone = 0;
      for (const network of networks) alone += await network.replay();
      // The first run compiles, allocates and records.
      if (run === 0) continue;
      totals.push(total);
      bare.push(alone);
      stages.push(watch.stages);
    }
    const names = Object.keys(stages[0]!);
    return {
      total: median(totals),
      bare: median(bare),
      stages: Object.fromEntries(names.map((name) => [name, median(stages.map((of) => of[name] ?? 0))])),
    };
  }
}
