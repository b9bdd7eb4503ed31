/**
 * The shipped networks against the same weights with ONNX Runtime's own PRelu, on what they see of a photograph.
 */
import { execFileSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { alignFace } from '../lib/face-models/align';
import { embedCrops } from '../lib/face-models/embedder';
import { decodeImage } from '../lib/image/decode';
import { openNetwork } from '../lib/inference/backends/onnxruntime';
import { requireModel } from '../lib/models/manifest';
import { packageRoot } from '../lib/core/package-root';
import { DEFAULT_DETECT_OPTIONS } from '../lib/detect/mtcnn/options';
import { createRandom, shuffle } from '../scripts/shared/random';
import { THREADS } from './machine';
import { ask, CASCADE, mapTensors, type RecordedNetwork } from './networks';
import { median, rounded } from './statistics';
import type { Workbench } from './workbench';

export type PreluInput = 'photograph' | 'noise';

export interface PreluTiming {
  readonly network: string;
  /**
   * What the network sees: a photograph, or the same numbers shuffled. The time of ONNX Runtime's PRelu depends on how well
   * the processor guesses the signs, which noise makes hard and smooth surfaces easy; the shipped form's does not.
   */
  readonly input: PreluInput;
  /** Smallest face that the photograph was searched for, pixels: the smaller, the more of the work is P-Net's. */
  readonly minFace: number;
  /** Milliseconds for all that the network is asked about one photograph. */
  readonly plainMs: number;
  readonly shippedMs: number;
  /** plainMs / shippedMs. */
  readonly gain: number;
}

const PLAIN = join(packageRoot(), '.cache', 'plain-prelu');
const MIN_FACES = [20, DEFAULT_DETECT_OPTIONS.minFaceSize];
/** Faces that are embedded; those found repeat. */
const FACES = 8;

/** Both forms take turns on the tensors that the shipped form was given, and on noise; each time the sums come last. */
export async function benchPrelu(bench: Workbench, photo: Buffer, runs: number): Promise<PreluTiming[]> {
  buildPlain();
  const timings: PreluTiming[] = [];
  for (const minFace of MIN_FACES) {
    await record(bench, photo, minFace);
    for (const input of ['photograph', 'noise'] as const) {
      timings.push(...(await compareAll(bench, { input, minFace }, runs)));
    }
  }
  return timings;
}

/** What a comparison is made on. */
type Setting = Pick<PreluTiming, 'input' | 'minFace'>;

async function compareAll(bench: Workbench, setting: Setting, runs: number): Promise<PreluTiming[]> {
  const detection: PreluTiming[] = [];
  for (const [index, network] of bench.mtcnn.networks.entries()) {
    detection.push(await compare(network, CASCADE[index]!, setting, runs));
  }
  const embedding = await compare(bench.embedNetwork, bench.embedModel.id, setting, runs);
  return [
    ...detection,
    { ...embedding, network: `${embedding.network}, ${FACES} faces` },
    sum('whole detection', detection),
    sum(`detection and ${FACES} embeddings`, [...detection, embedding]),
  ];
}

/** Looks at the photograph once, so that every network knows what it is asked. */
async function record(
  { mtcnn, embedModel, embedNetwork }: Workbench,
  photo: Buffer,
  minFaceSize: number,
): Promise<void> {
  for (const network of [...mtcnn.networks, embedNetwork]) network.record();
  const frame = await decodeImage(photo);
  const faces = await mtcnn.detector.detect(frame, mtcnn.options({ minFaceSize }));
  const crops = Array.from({ length: faces.length > 0 ? FACES : 0 }, (_, index) =>
    alignFace(frame, faces[index % faces.length]!.landmarks, embedModel.input.width),
  );
  await embedCrops(crops, embedModel, embedNetwork, { flip: false });
  for (const network of [...mtcnn.networks, embedNetwork]) network.stop();
}

async function compare(
  shipped: RecordedNetwork,
  id: string,
  setting: Setting,
  runs: number,
): Promise<PreluTiming> {
  const file = join(PLAIN, basename(requireModel(id).path));
  const plain = await openNetwork(file, { provider: 'cpu', threads: THREADS });
  const questions =
    setting.input === 'noise'
      ? shipped.questions.map((question) => mapTensors(question, shuffled))
      : shipped.questions;
  const takes: { plain: number; shipped: number }[] = [];
  for (let run = 0; run <= runs; run++) {
    const take = { plain: await ask(plain, questions), shipped: await ask(shipped, questions) };
    // The first run allocates.
    if (run > 0) takes.push(take);
  }
  await plain.release();
  return timing(
    id,
    setting,
    median(takes.map((take) => take.plain)),
    median(takes.map((take) => take.shipped)),
  );
}

function sum(network: string, parts: readonly PreluTiming[]): PreluTiming {
  const total = (value: (part: PreluTiming) => number): number =>
    parts.reduce((milliseconds, part) => milliseconds + value(part), 0);
  return timing(
    network,
    parts[0]!,
    total((part) => part.plainMs),
    total((part) => part.shippedMs),
  );
}

function timing(
  network: string,
  { input, minFace }: Setting,
  plainMs: number,
  shippedMs: number,
): PreluTiming {
  const gain = rounded(plainMs / shippedMs);
  return { network, input, minFace, plainMs: rounded(plainMs), shippedMs: rounded(shippedMs), gain };
}

/** The same numbers in another order, the same in every run of the bench. */
function shuffled(data: Float32Array): Float32Array {
  const mixed = data.slice();
  shuffle(mixed, createRandom(1));
  return mixed;
}

/** Takes a second: the sources are kept in .cache since the shipped form was built. */
function buildPlain(): void {
  const script = ['scripts/build-models.ts', '--prelu', 'plain', '--out', PLAIN];
  execFileSync(process.execPath, ['--require', 'ts-node/register', ...script], {
    cwd: packageRoot(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}
