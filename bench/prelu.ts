/**
 * The shipped networks against the same weights with ONNX Runtime's own PRelu, on what they see of a photograph.
 * scripts/models/compare-prelu.ts compares all forms, one network at a time.
 */
import { execFileSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { alignFace } from '../lib/arcface/align';
import { embedCrops } from '../lib/arcface/embedder';
import { decodeImage } from '../lib/image/decode';
import { openNetwork } from '../lib/inference/network';
import { requireModel } from '../lib/models/manifest';
import { packageRoot } from '../lib/models/package-root';
import { toDetectOptions } from '../lib/mtcnn/options';
import { THREADS } from './machine';
import { ask, CASCADE, networksOf, type RecordedNetwork } from './networks';
import { median, rounded } from './statistics';
import type { Workbench } from './workbench';

export interface PreluTiming {
  readonly network: string;
  /** Milliseconds for all that the network is asked about one photograph. */
  readonly plainMs: number;
  readonly shippedMs: number;
  /** plainMs / shippedMs. */
  readonly gain: number;
}

const PLAIN = join(packageRoot(), '.cache', 'plain-prelu');
const MIN_FACE = 20;
/** Faces that are embedded; those found repeat. */
const FACES = 8;

/** Both forms take turns, each on the tensors that the shipped form was given; the sums come last. */
export async function benchPrelu(bench: Workbench, photo: Buffer, runs: number): Promise<PreluTiming[]> {
  buildPlain();
  await record(bench, photo);
  const detection: PreluTiming[] = [];
  for (const [index, network] of networksOf(bench.cascade).entries()) {
    detection.push(await compare(network, CASCADE[index]!, runs));
  }
  const embedding = await compare(bench.embedNetwork, bench.embedModel.id, runs);
  return [
    ...detection,
    { ...embedding, network: `${embedding.network}, ${FACES} faces` },
    sum('whole detection', detection),
    sum(`detection and ${FACES} embeddings`, [...detection, embedding]),
  ];
}

/** Looks at the photograph once, so that every network knows what it is asked. */
async function record(
  { cascade, detector, embedModel, embedNetwork }: Workbench,
  photo: Buffer,
): Promise<void> {
  for (const network of [...networksOf(cascade), embedNetwork]) network.record();
  const frame = await decodeImage(photo);
  const faces = await detector.detect(frame, toDetectOptions({ minFaceSize: MIN_FACE }));
  const crops = Array.from({ length: faces.length > 0 ? FACES : 0 }, (_, index) =>
    alignFace(frame, faces[index % faces.length]!.landmarks, embedModel.input.width),
  );
  await embedCrops(crops, embedModel, embedNetwork, { flip: false });
}

async function compare(shipped: RecordedNetwork, id: string, runs: number): Promise<PreluTiming> {
  const file = join(PLAIN, basename(requireModel(id).path));
  const plain = await openNetwork(file, { provider: 'cpu', threads: THREADS });
  const takes: { plain: number; shipped: number }[] = [];
  for (let run = 0; run <= runs; run++) {
    const take = { plain: await ask(plain, shipped.questions), shipped: await shipped.replay() };
    // The first run allocates.
    if (run > 0) takes.push(take);
  }
  await plain.release();
  return timing(id, median(takes.map((take) => take.plain)), median(takes.map((take) => take.shipped)));
}

function sum(network: string, parts: readonly PreluTiming[]): PreluTiming {
  const total = (value: (part: PreluTiming) => number): number =>
    parts.reduce((milliseconds, part) => milliseconds + value(part), 0);
  return timing(
    network,
    total((part) => part.plainMs),
    total((part) => part.shippedMs),
  );
}

function timing(network: string, plainMs: number, shippedMs: number): PreluTiming {
  const gain = rounded(plainMs / shippedMs);
  return { network, plainMs: rounded(plainMs), shippedMs: rounded(shippedMs), gain };
}

/** Takes a second: the sources are kept in .cache since the shipped form was built. */
function buildPlain(): void {
  const script = ['scripts/build-models.ts', '--prelu', 'plain', '--out', PLAIN];
  execFileSync(process.execPath, ['--require', 'ts-node/register', ...script], {
    cwd: packageRoot(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}
