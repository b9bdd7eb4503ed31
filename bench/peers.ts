/** What a user could install instead, each in a process of its own, on the same photographs at the same sizes. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '../lib/errors';
import { packageRoot } from '../lib/models/package-root';
import type { PeerAnswer, PeerJob } from './peers/job';

export interface PeerResult extends PeerAnswer {
  readonly name: string;
}

interface Command {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
}

export interface SizedPhotos {
  readonly size: string;
  /** JPEG files. */
  readonly photos: readonly Buffer[];
}

const FOLDER = join(__dirname, 'peers');
/** Debian's Python, which its packages are for. */
const PYTHON = '/usr/bin/python3';
const TYPESCRIPT = ['--require', 'ts-node/register'];

const PEERS: readonly Command[] = [
  {
    name: '@vladmandic/face-api',
    file: process.execPath,
    args: [...TYPESCRIPT, join(FOLDER, 'face-api.ts')],
  },
  { name: '@vladmandic/human', file: process.execPath, args: [...TYPESCRIPT, join(FOLDER, 'human.ts')] },
  { name: 'OpenCV', file: PYTHON, args: [join(FOLDER, 'opencv.py')] },
];

export async function benchPeers(
  sizes: readonly SizedPhotos[],
  runs: number,
  say: (text: string) => void,
): Promise<PeerResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'arcflow-bench-'));
  try {
    const job = join(folder, 'job.json');
    await writeFile(job, JSON.stringify(await layOut(folder, sizes, runs)));
    const results: PeerResult[] = [];
    for (const peer of PEERS) {
      say(`peer ${peer.name}`);
      results.push({ name: peer.name, ...(await run(peer, job)) });
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

async function run({ file, args }: Command, job: string): Promise<PeerAnswer> {
  if (!existsSync(file)) return failed(`there is no ${file}`);
  try {
    const { stdout } = await promisify(execFile)(file, [...args, job], { cwd: packageRoot() });
    // What a peer's libraries print comes before.
    return JSON.parse(stdout.trim().split('\n').at(-1)!) as PeerAnswer;
  } catch (error) {
    return failed(`it failed: ${messageOf(error)}`);
  }
}

function failed(reason: string): PeerAnswer {
  return { version: null, timings: [], missing: reason };
}
