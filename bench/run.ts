/** Measures everything, one thing after the other: whatever runs beside another would be in its figures. */
import { decodeImage } from '../lib/image/decode';
import { embedModels, readManifest } from '../lib/models/manifest';
import { benchAnnotate } from './annotate';
import { benchDetect } from './detect';
import { benchEmbed, type EmbedTiming } from './embed';
import { describeMachine } from './machine';
import { benchMatch } from './match';
import { sizeText, type BenchOptions, type Size } from './options';
import { benchPeers, type SizedPhotos } from './peers';
import { choosePhotos, resizePhoto } from './photos';
import { benchEndurance, benchPipeline, openEngine, type Endurance } from './pipeline';
import { benchPrelu } from './prelu';
import { benchPreprocess } from './preprocess';
import type { BenchResult, PeersOnly } from './result';
import { inResized, readTruth, type Truth } from './truth';
import { closeWorkbench, openWorkbench, type Workbench } from './workbench';

const MIN_FACES = [20, 40, 80];
const BATCHES = [1, 4, 8, 16];
/** Where one size stands for all. */
const USUAL_SIZE: Size = { width: 1280, height: 720 };
const USUAL_MIN_FACE = 40;

type Say = (text: string) => void;

export async function runBench(options: BenchOptions, say: Say): Promise<BenchResult> {
  const { plan } = options;
  const machine = describeMachine();
  const { files, sized } = await preparePhotos(options);
  const usual = await resizePhoto(files[0]!, USUAL_SIZE);

  const bench = await openWorkbench();
  const engine = openEngine();
  let measured;
  let endurance: Awaited<ReturnType<typeof benchEndurances>>;
  try {
    const detect = await benchSizes(bench, engine, sized, options, say);
    say('embed');
    const embed = await benchEmbeddings(bench, usual, plan.runs);
    say('plain PRelu');
    const networks = await benchPrelu(bench, usual, plan.runs);
    measured = { detect, embed, networks };
    endurance = await benchEndurances(engine, sized, options, say);
  } finally {
    await engine.close();
    await closeWorkbench(bench);
  }
  say('annotate');
  const annotate = benchAnnotate();
  if (options.preprocess) say('preprocess');
  const preprocess = options.preprocess ? await benchPreprocess() : undefined;
  const peers = options.peers ? await benchPeers(sized, plan.runs, say) : undefined;
  say(`match, up to ${plan.galleries.at(-1)} samples`);
  const match = await benchMatch(plan.galleries);
  return {
    machine,
    ...measured,
    ...endurance,
    annotate,
    match,
    ...(preprocess && { preprocess }),
    ...(peers && { peers }),
  };
}

/** What could be installed instead, and ours in the same way. */
export async function runPeers(options: BenchOptions, say: Say): Promise<PeersOnly> {
  const machine = describeMachine();
  const { sized } = await preparePhotos(options);
  return { machine, peers: await benchPeers(sized, options.plan.runs, say) };
}

async function preparePhotos({ photos, plan, truth, sizes }: BenchOptions) {
  const files = await choosePhotos(photos, plan.photos);
  const marked = await readTruth(truth);
  return { files, sized: await Promise.all(sizes.map((size) => toSized(files, size, marked))) };
}

async function toSized(files: readonly string[], size: Size, truth: Truth): Promise<SizedPhotos> {
  const facesOf = async (file: string) => {
    const faces = truth(file);
    return faces && inResized(file, faces, size);
  };
  return {
    size: sizeText(size),
    photos: await Promise.all(files.map((file) => resizePhoto(file, size))),
    faces: await Promise.all(files.map(facesOf)),
  };
}

async function benchSizes(
  bench: Workbench,
  engine: ReturnType<typeof openEngine>,
  sized: readonly SizedPhotos[],
  { plan }: BenchOptions,
  say: Say,
): Promise<BenchResult['detect']> {
  const rows: BenchResult['detect'][number][] = [];
  for (const { size, photos } of sized) {
    for (const minFace of MIN_FACES) {
      // Beside each other, so that what else the machine does is in both.
      for (const detector of bench.detectors) {
        say(`detect ${size}, ${detector.id}, faces from ${minFace} pixels`);
        const stages = await benchDetect(bench, detector, photos, size, minFace, plan.runs);
        const request = { detector: detector.id, minFaceSize: minFace };
        const pipeline = await benchPipeline(engine, bench, photos, request, plan.pipelineFrames);
        rows.push({ ...stages, ...pipeline });
      }
    }
  }
  return rows;
}

/** The figures of the usual size, or of the largest where that is left out, stand for all. */
async function benchEndurances(
  engine: ReturnType<typeof openEngine>,
  sized: readonly SizedPhotos[],
  { plan }: BenchOptions,
  say: Say,
): Promise<Endurance & Pick<BenchResult, 'memoryBySize'>> {
  const all: (Endurance & { readonly size: string })[] = [];
  for (const { size, photos } of sized) {
    say(`${plan.enduranceFrames} frames of ${size}`);
    all.push({ size, ...(await benchEndurance(engine, photos[0]!, USUAL_MIN_FACE, plan.enduranceFrames)) });
  }
  const { eventLoopDelayMs, memoryMb } = all.find(({ size }) => size === sizeText(USUAL_SIZE)) ?? all.at(-1)!;
  return {
    eventLoopDelayMs,
    memoryMb,
    memoryBySize: all.map((row) => ({ size: row.size, ...row.memoryMb })),
  };
}

async function benchEmbeddings({ mtcnn }: Workbench, photo: Buffer, runs: number): Promise<EmbedTiming[]> {
  const frame = await decodeImage(photo);
  const faces = await mtcnn.detector.detect(frame, mtcnn.options({ minFaceSize: USUAL_MIN_FACE }));
  const landmarks = faces.map((face) => face.landmarks);
  const timings: EmbedTiming[] = [];
  for (const model of landmarks.length > 0 ? embedModels(readManifest()) : []) {
    for (const batch of BATCHES) timings.push(await benchEmbed(frame, landmarks, model, batch, runs));
  }
  return timings;
}
