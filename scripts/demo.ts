/**
 * `npm run demo`: an example flow in a real Node-RED, on sample photographs, on the user's own, or on a clip.
 *   npm run demo -- [--people DIR --photos DIR] [--out DIR] [--port N] [--once] [--json]
 *   npm run demo -- --video FILE --people DIR [--threshold 0.34] [--port N] [--once] [--json]
 */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { numberIn } from '../lib/core/validate';
import { isFree } from './demo/node-red';
import { recognisePhotos } from './demo/photos';
import { PROJECT } from './shared/project';
import { writeSamples } from './demo/samples';
import { fail } from './demo/say';
import { playVideo } from './demo/video';

const DEFAULT_PORT = 1880;
const PORTS = { min: 0, max: 65_535, integer: true };

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      people: { type: 'string' },
      photos: { type: 'string' },
      video: { type: 'string' },
      threshold: { type: 'string' },
      out: { type: 'string' },
      port: { type: 'string' },
      once: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const { people, photos, video, once, json } = values;
  if (video === undefined && (people === undefined) !== (photos === undefined))
    throw new Error('Expected --people and --photos together: whom to enrol, and where to look for them');
  if (video !== undefined && people === undefined)
    throw new Error('Expected --people with --video: photographs of whom to look for');
  if (!existsSync(join(PROJECT, 'dist')))
    throw new Error('The project is not built: run `npm install` (or `npm run prepare`) first');
  const userDir = join(PROJECT, '.demo');
  // The demo starts from an empty gallery each time, in a user directory of its own.
  await rm(join(userDir, 'arcflow'), { recursive: true, force: true });
  const shared = { userDir, port: await portOf(values.port, once), once, json };
  if (video !== undefined && people !== undefined)
    return playVideo({
      ...shared,
      video: resolve(video),
      people: resolve(people),
      threshold: values.threshold === undefined ? undefined : similarityOf(values.threshold),
    });
  const folders =
    people !== undefined && photos !== undefined
      ? { people: resolve(people), photos: resolve(photos) }
      : await writeSamples(join(userDir, 'samples'));
  return recognisePhotos({ ...shared, ...folders, out: resolve(values.out ?? join(userDir, 'recognised')) });
}

/** The port asked for; else any for a single run, and the usual one to stay on, or any where that one is taken. */
async function portOf(asked: string | undefined, once: boolean): Promise<number> {
  if (asked !== undefined) return numberIn(Number(asked), '--port', PORTS);
  return once || !(await isFree(DEFAULT_PORT)) ? 0 : DEFAULT_PORT;
}

function similarityOf(text: string): number {
  return numberIn(text.trim() === '' ? text : Number(text), '--threshold', { min: -1, max: 1 });
}

main().catch(fail);
