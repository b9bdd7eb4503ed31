/**
 * `npm run demo`: the example flow in a real Node-RED, on sample photographs or on the user's own.
 *   npm run demo -- [--people DIR] [--photos DIR] [--out DIR] [--port N] [--once] [--json]
 */
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../lib/errors';
import { listImages } from '../lib/image/folder';
import { isRecord } from '../lib/validate';
import { PROJECT, startNodeRed, type Delivery } from './demo/node-red';
import { writeSamples } from './demo/samples';

const DEFAULT_PORT = 1880;

interface Result {
  readonly file: string;
  readonly faces: readonly {
    readonly person: string | null;
    readonly similarity: number;
    readonly known: boolean;
  }[];
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      people: { type: 'string' },
      photos: { type: 'string' },
      out: { type: 'string' },
      port: { type: 'string' },
      once: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  if ((values.people === undefined) !== (values.photos === undefined)) {
    throw new Error('Expected --people and --photos together: whom to enrol, and where to look for them');
  }
  if (!existsSync(join(PROJECT, 'dist')))
    throw new Error('The project is not built: run `npm install` (or `npm run prepare`) first');
  const userDir = join(PROJECT, '.demo');
  // The demo starts from an empty gallery each time, in a user directory of its own.
  await rm(join(userDir, 'arcflow'), { recursive: true, force: true });
  const folders =
    values.people !== undefined && values.photos !== undefined
      ? { people: resolve(values.people), photos: resolve(values.photos) }
      : await writeSamples(join(userDir, 'samples'));
  const out = resolve(values.out ?? join(userDir, 'recognised'));
  await listImages(folders.people);
  await listImages(folders.photos);

  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const print = (result: Result): void =>
    void process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : describe(result));
  const finished = new Promise<void>((done) => {
    const onDelivery = ({ msg, destination }: Delivery): void => {
      if (destination.id === 'rp-results') print(msg['payload'] as Result);
      if (destination.id === 'rp-errors') say(`! ${errorOf(msg)}`);
      if (destination.id === 'rp-enrolled' && !values.json) say(`enrolled ${enrolmentOf(msg)}`);
      if (destination.id === 'rp-done') done();
    };
    void start(
      userDir,
      { ...folders, out },
      Number(values.port ?? (values.once ? 0 : DEFAULT_PORT)),
      onDelivery,
    ).then(async (nodeRed) => {
      if (!values.json) say(`Node-RED's editor: ${nodeRed.address}\n`);
      nodeRed.receive('rp-start');
      await finished;
      if (!values.json) say(`\nAnnotated copies: ${out}`);
      if (values.once) await nodeRed.stop();
      else say('Stop with Ctrl+C.');
    }, fail);
  });
  await finished;
}

function start(
  userDir: string,
  folders: { people: string; photos: string; out: string },
  port: number,
  onDelivery: (delivery: Delivery) => void,
) {
  const flow = JSON.parse(
    readFileSync(join(PROJECT, 'examples', 'flows', 'recognise-photos.json'), 'utf8'),
  ) as Record<string, unknown>[];
  const [tab, ...nodes] = flow;
  const SKIP = folderInside(folders.people, folders.photos);
  const env = Object.entries({ PEOPLE: folders.people, PHOTOS: folders.photos, OUT: folders.out, SKIP });
  return startNodeRed({
    userDir,
    flow: [{ ...tab, env: env.map(([name, value]) => ({ name, value, type: 'str' })) }, ...nodes],
    port,
    onDelivery,
  });
}

/** The photographs may lie in a folder among those of the people: that one is no person. */
function folderInside(people: string, photos: string): string {
  const [first = ''] = relative(people, photos).split(sep);
  return first === '..' ? '' : first;
}

function describe({ file, faces }: Result): string {
  const name = (face: Result['faces'][number]): string =>
    `${face.person ?? 'a stranger'} (${face.similarity.toFixed(2)})`;
  return `${file}\n    ${faces.length === 0 ? 'nobody' : faces.map(name).join(', ')}\n`;
}

function errorOf(message: Record<string, unknown>): string {
  const error = message['error'];
  const reason = isRecord(error) ? String(error['message']) : 'an error';
  return typeof message['filename'] === 'string' ? `${message['filename']}: ${reason}` : reason;
}

function enrolmentOf({ payload }: Record<string, unknown>): string {
  return isRecord(payload) ? `${String(payload['person'])} (${String(payload['samples'])})` : '';
}

function fail(error: unknown): void {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
}

main().catch(fail);
