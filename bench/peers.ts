/**
 * What a user could install instead, and ours, each in a process of its own, timed in the same way on the same
 * photographs at the same sizes. peers/installed.ts says how to install them.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '../lib/core/errors';
import { packageRoot } from '../lib/core/package-root';
import type { PeerAnswer, PeerJob, PeerTiming } from './peers/job';
import type { TrueFace } from '../scripts/evaluate/metrics/detection';
import { mean, rounded } from './statistics';
import { judgeBoxes, type FoundFaces } from './truth';

export interface PeerFigures extends Omit<PeerTiming, 'boxes'> {
  /** Faces found in a photograph, on average, right or wrong. */
  readonly faces: number;
  /** Of all photographs together; null where nobody has marked the faces of every photograph. */
  readonly right: FoundFaces | null;
}

export interface PeerResult extends Omit<PeerAnswer, 'timings'> {
  readonly name: string;
  readonly timings: readonly PeerFigures[];
}

export interface Command {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
}

export interface SizedPhotos {
  readonly size: string;
  /** JPEG files. */
  readonly photos: readonly Buffer[];
  /** The faces of each photograph, in its pixels; undefined where nobody has marked them. */
  readonly faces: readonly (readonly TrueFace[] | undefined)[];
}

/** .js in the benchmark, which runs compiled; .ts in tests. */
const EXTENSION = extname(__filename);
/** Debian's Python, which its packages are for. */
const PYTHON = '/usr/bin/python3';
const DEBIAN_PACKAGES = 'apt install python3-opencv opencv-data';
/** The slowest peer takes seconds for a picture. */
const MOST_RUNS = 5;
const MOST_OUTPUT = 64 * 2 ** 20;

export const PEERS: readonly Command[] = [
  node('ArcFlow', 'arcflow'),
  node('@vladmandic/face-api', 'face-api'),
  node('@vladmandic/human', 'human'),
  { name: 'OpenCV', file: PYTHON, args: [join(packageRoot(), 'bench', 'peers', 'opencv.py')] },
];

function node(name: string, script: string): Command {
  const compiler = EXTENSION === '.ts' ? ['--require', 'ts-node/register'] : [];
  return { name, file: process.execPath, args: [...compiler, join(__dirname, 'peers', script + EXTENSION)] };
}

export async function benchPeers(
  sizes: readonly SizedPhotos[],
  runs: number,
  say: (text: string) => void,
  commands: readonly Command[] = PEERS,
): Promise<PeerResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'arcflow-bench-'));
  try {
    const job = join(folder, 'job.json');
    await writeFile(job, JSON.stringify(await layOut(folder, sizes, Math.min(runs, MOST_RUNS))));
    const results: PeerResult[] = [];
    for (const peer of commands) {
      say(`peer ${peer.name}`);
      const { timings, ...answer } = await run(peer, job);
      results.push({ name: peer.name, ...answer, timings: timings.map((timing) => judge(timing, sizes)) });
    }
    return results;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function layOut(folder: string, sizes: readonly SizedPhotos[], runs: number): Promise<PeerJob> {
  const written = sizes.map(async ({ size, photos }) => {
    const paths = photos.map((_, index) => join(folder, `${size}-${index}.jpg`));
    await Promise.all(photos.map((photo, index) => writeFile(paths[index]!, photo)));
    return { size, photos: paths };
  });
  return { runs, sizes: await Promise.all(written) };
}

function judge({ boxes, ...timing }: PeerTiming, sizes: readonly SizedPhotos[]): PeerFigures {
  const { faces } = sizes.find(({ size }) => size === timing.size)!;
  const judged = faces.map((truth, photo) => truth && judgeBoxes(truth, boxes[photo]!));
  return {
    ...timing,
    faces: rounded(mean(boxes.map((found) => found.length))),
    right: judged.reduce<FoundFaces | undefined>(add, { present: 0, found: 0, falseAlarms: 0 }) ?? null,
  };
}

function add(a: FoundFaces | undefined, b: FoundFaces | undefined): FoundFaces | undefined {
  return (
    a &&
    b && {
      present: a.present + b.present,
      found: a.found + b.found,
      falseAlarms: a.falseAlarms + b.falseAlarms,
    }
  );
}

async function run({ file, args }: Command, job: string): Promise<PeerAnswer> {
  if (!existsSync(file)) return failed(`there is no ${file}: ${DEBIAN_PACKAGES}`);
  try {
    const { stdout } = await promisify(execFile)(file, [...args, job], {
      cwd: packageRoot(),
      maxBuffer: MOST_OUTPUT,
    });
    // What a peer's libraries print comes before.
    return JSON.parse(stdout.trim().split('\n').at(-1)!) as PeerAnswer;
  } catch (error) {
    return failed(`it failed: ${messageOf(error)}`);
  }
}

function failed(reason: string): PeerAnswer {
  return { version: null, timings: [], missing: reason };
}
