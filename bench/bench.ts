/**
 * The speed of everything that runs for each frame, in one process on one machine:
 *   npm run --silent bench -- [--json] [--photos DIR] [--sizes 640x360,1280x720,1920x1080] [--quick]
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { messageOf } from '../lib/errors';
import { decodeImage } from '../lib/image/decode';
import { encodeFrame } from '../lib/image/encode';
import { listImages } from '../lib/image/folder';
import { openNetwork } from '../lib/inference/network';
import { embedModels, readManifest, requireModel } from '../lib/models/manifest';
import { packageRoot } from '../lib/models/package-root';
import { Detector } from '../lib/mtcnn/detector';
import { toDetectOptions } from '../lib/mtcnn/options';
import { benchAnnotate } from './annotate';
import { benchDetect } from './detect';
import { benchEmbed } from './embed';
import { benchEngine } from './engine';
import { benchMatch } from './match';
import { benchPrelu } from './prelu';
import { benchPreprocess } from './preprocess';
import { median, rounded } from './statistics';

const SIZES = '640x360,1280x720,1920x1080';
const MIN_FACES = [20, 40, 80];
const BATCHES = [1, 4, 8, 16];
const GALLERIES = [1_000, 10_000, 100_000, 1_000_000];
const SAMPLES = join(packageRoot(), 'node_modules', '@vladmandic', 'face-api', 'demo');
/** As many as the engine takes by itself. */
const THREADS = Math.min(4, availableParallelism());

interface Plan {
  readonly runs: number;
  readonly photos: number;
  readonly galleries: readonly number[];
  /** Detected one after the other, to see the memory stay where it is. */
  readonly frames: number;
}

const FULL: Plan = { runs: 15, photos: 4, galleries: GALLERIES, frames: 2000 };
const QUICK: Plan = { runs: 3, photos: 1, galleries: [1_000, 10_000], frames: 50 };

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      photos: { type: 'string' },
      sizes: { type: 'string', default: SIZES },
    },
  });
  const plan = values.quick ? QUICK : FULL;
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const files = (await listImages(values.photos ?? SAMPLES))
    .filter(({ path }) => values.photos !== undefined || /sample\d\.jpg$/.test(path))
    .slice(0, plan.photos);

  const detect = [];
  const jpeg = [];
  for (const size of values.sizes.split(',')) {
    const photos = await Promise.all(files.map(({ path }) => resized(path, size)));
    for (const minFace of MIN_FACES) {
      say(`detect ${size}, faces from ${minFace} pixels`);
      detect.push(await benchDetect(photos, size, minFace, { runs: plan.runs, threads: THREADS }));
    }
    jpeg.push({ size, ms: await benchJpeg(photos[0]!, plan.runs) });
  }
  say('embed');
  const embed = await benchEmbeddings(await readFile(files[0]!.path), plan.runs);
  say('networks with and without plain PRelu');
  const networks = await benchPrelu(await resized(files[0]!.path, '1280x720'), {
    runs: plan.runs,
    threads: THREADS,
  });
  say('annotate, preprocess');
  const annotate = benchAnnotate();
  const preprocess = await benchPreprocess();
  say(`engine: ${plan.frames} frames`);
  const engine = await benchEngine(await resized(files[0]!.path, '640x360'), 40, plan.frames);
  say('match');
  const match = await benchMatch(plan.galleries);

  const result = {
    machine: machine(),
    detect,
    embed,
    networks,
    match,
    annotate,
    jpeg,
    preprocess,
    ...engine,
  };
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : tables(result));
}

/** A photograph cut and scaled to a size such as 1280x720, as JPEG. */
async function resized(path: string, size: string): Promise<Buffer> {
  const [width, height] = size.split('x').map(Number);
  if (!width || !height)
    throw new Error(`Expected a size such as 1280x720 for --sizes but received "${size}"`);
  return sharp(path).resize(width, height, { fit: 'cover' }).jpeg({ quality: 92 }).toBuffer();
}

async function benchJpeg(photo: Buffer, runs: number): Promise<number> {
  const frame = await decodeImage(photo);
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const started = performance.now();
    await encodeFrame(frame, { format: 'jpeg', quality: 85 });
    times.push(performance.now() - started);
  }
  return rounded(median(times));
}

async function benchEmbeddings(photo: Buffer, runs: number) {
  const frame = await decodeImage(photo);
  const [pnet, rnet, onet] = await Promise.all(
    ['mtcnn-pnet', 'mtcnn-rnet', 'mtcnn-onet'].map((id) =>
      openNetwork(requireModel(id).path, { provider: 'cpu', threads: THREADS }),
    ),
  );
  const faces = await new Detector({ pnet: pnet!, rnet: rnet!, onet: onet! }).detect(
    frame,
    toDetectOptions(),
  );
  const landmarks = faces.map((face) => face.landmarks);
  const timings = [];
  for (const model of embedModels(readManifest())) {
    for (const batch of BATCHES)
      timings.push(await benchEmbed(frame, landmarks, model, batch, { runs, threads: THREADS }));
  }
  return timings;
}

function machine() {
  const [cpu] = cpus();
  const commit = existsSync(join(packageRoot(), '.git'))
    ? execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: packageRoot(), encoding: 'utf8' }).trim()
    : undefined;
  return {
    cpu: cpu?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    threads: THREADS,
    commit,
  };
}

/** One plain table for each part of the result. */
function tables(result: Readonly<Record<string, unknown>>): string {
  return Object.entries(result)
    .map(([name, part]) => `${name}\n${Array.isArray(part) ? part.map(line).join('\n') : line(part)}\n`)
    .join('\n');
}

function line(row: unknown): string {
  return `  ${JSON.stringify(row).replaceAll('"', '').replaceAll(',', ', ')}`;
}

main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
});
