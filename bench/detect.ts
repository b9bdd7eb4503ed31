/** Photographs through every stage in this process, detection beside its bare networks. */
import { alignFace } from '../lib/face-models/align';
import { embedCrops } from '../lib/face-models/embedder';
import { measureSharpness } from '../lib/face-models/sharpness';
import type { Face } from '../lib/core/face';
import { annotate } from '../lib/annotate/annotate';
import { toAnnotateOptions } from '../lib/annotate/options';
import { decodeImage } from '../lib/image/decode';
import { encodeFrame } from '../lib/image/encode';
import type { Frame } from '../lib/image/frame';
import { Stopwatch } from '../lib/core/stopwatch';
import type { RecordedDetector } from './networks';
import { mean, median, perStage, rounded } from './statistics';
import type { Workbench } from './workbench';

export interface DetectTiming {
  readonly detector: string;
  readonly size: string;
  readonly minFace: number;
  /** Faces found in a photograph, on average. */
  readonly faces: number;
  /** Milliseconds from a decoded frame to its faces: median of the runs, mean over the photographs. */
  readonly totalMs: number;
  /** The same networks on the same tensors in turns with it, nothing but session.run. */
  readonly networksMs: number;
  /** totalMs / networksMs. */
  readonly overhead: number;
  /** Milliseconds for each stage, from JPEG to JPEG. totalMs is what lies between decode and align. */
  readonly stages: Readonly<Record<string, number>>;
}

/** One photograph: medians over the runs, milliseconds. */
interface PhotoTiming {
  readonly faces: number;
  readonly total: number;
  readonly bare: number;
  readonly stages: Readonly<Record<string, number>>;
}

export const JPEG = { format: 'jpeg', quality: 85 } as const;
export const CANDIDATES = 5;

/** @param photos JPEG files of one size */
export async function benchDetect(
  bench: Workbench,
  detector: RecordedDetector,
  photos: readonly Buffer[],
  size: string,
  minFace: number,
  runs: number,
): Promise<DetectTiming> {
  const timings: PhotoTiming[] = [];
  for (const photo of photos) timings.push(await timePhoto(bench, detector, photo, minFace, runs));
  const totalMs = rounded(mean(timings.map(({ total }) => total)));
  const networksMs = rounded(mean(timings.map(({ bare }) => bare)));
  return {
    detector: detector.id,
    size,
    minFace,
    faces: rounded(mean(timings.map(({ faces }) => faces))),
    totalMs,
    networksMs,
    overhead: rounded(totalMs / networksMs),
    stages: perStage(
      timings.map(({ stages }) => stages),
      (values) => rounded(mean(values)),
    ),
  };
}

async function timePhoto(
  bench: Workbench,
  recorded: RecordedDetector,
  photo: Buffer,
  minFace: number,
  runs: number,
): Promise<PhotoTiming> {
  const { networks } = recorded;
  const takes: { faces: number; total: number; bare: number; stages: Record<string, number> }[] = [];
  for (let run = 0; run <= runs; run++) {
    if (run === 0) for (const network of networks) network.record();
    const watch = new Stopwatch();
    const frame = await watch.time('decode', () => decodeImage(photo));
    const { faces, total } = await detect(recorded, frame, minFace, watch);
    // Right after the detection that they are compared with: both see the same machine.
    let bare = 0;
    for (const network of networks) bare += await network.replay();
    await recognise(bench, frame, faces, watch);
    // The first run compiles, allocates and records.
    if (run > 0) takes.push({ faces: faces.length, total, bare, stages: watch.stages });
  }
  return {
    faces: takes[0]!.faces,
    total: median(takes.map(({ total }) => total)),
    bare: median(takes.map(({ bare }) => bare)),
    stages: perStage(
      takes.map(({ stages }) => stages),
      median,
    ),
  };
}

async function detect(
  { detector, options }: RecordedDetector,
  frame: Frame,
  minFace: number,
  watch: Stopwatch,
): Promise<{ faces: readonly Face[]; total: number }> {
  const started = performance.now();
  const faces = await detector.detect(frame, options({ minFaceSize: minFace }), watch);
  return { faces, total: performance.now() - started };
}

/** What comes behind detection in a flow. */
async function recognise(
  { embedModel, embedNetwork, gallery }: Workbench,
  frame: Frame,
  faces: readonly Face[],
  watch: Stopwatch,
): Promise<void> {
  const crops = await watch.time('align', () => {
    const aligned = faces.map(({ landmarks }) => alignFace(frame, landmarks, embedModel.input.width));
    aligned.forEach(measureSharpness);
    return aligned;
  });
  const embeddings = await watch.time('embed', () =>
    embedCrops(crops, embedModel, embedNetwork, { flip: false }),
  );
  await watch.time('match', () => gallery.search(embeddings, CANDIDATES));
  const drawn = await watch.time('annotate', () => annotate(frame, faces, toAnnotateOptions({})));
  await watch.time('jpeg', () => encodeFrame(drawn, JPEG));
}
