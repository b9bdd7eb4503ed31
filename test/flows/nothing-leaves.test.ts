/** What a whole flow leaves behind outside its own folders, and whom it talks to: nothing, and nobody. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ensureBuilt } from '../support/built';
import { PROJECT } from '../support/images';
import { leaveOut } from '../support/needs';
import { startNodeRed } from '../support/node-red';

const SAMPLES = join(PROJECT, 'node_modules', '@vladmandic', 'face-api', 'demo');
const WAIT_MS = 300_000;
/** A connection to another machine, or to a server that looks names up. */
const CONNECTION = /(connect|sendto|sendmsg|sendmmsg)\(.*sa_family=AF_INET6?,.*/;
const LOOPBACK = /inet_addr\("127\.|inet_pton\(AF_INET6, "(::1|::ffff:127\.[\d.]+)"/;

const tracer = spawnSync('strace', ['-V']).status === 0;

function flowOver(photographs: string, directory: string): object[] {
  const at = { z: 'tab', x: 100, y: 100 };
  const run = { ...at, runtime: 'runtime' };
  return [
    { id: 'tab', type: 'tab', label: 'Everything' },
    { id: 'runtime', type: 'arcflow-runtime', provider: 'auto', threads: 1 },
    { id: 'store', type: 'arcflow-store', directory },
    { ...at, id: 'start', type: 'inject', once: true, props: [], wires: [['folder']] },
    { ...at, id: 'folder', type: 'face-folder-source', folder: photographs, wires: [['steps'], []] },
    { ...run, id: 'steps', type: 'face-preprocess', steps: [{ id: 'auto' }], wires: [['detect']] },
    { ...run, id: 'detect', type: 'mtcnn-detect', wires: [['embed']] },
    { ...run, id: 'embed', type: 'arcface-embed', wires: [['match']] },
    { ...run, id: 'match', type: 'face-gallery', store: 'store', wires: [['events']] },
    { ...run, id: 'events', type: 'face-events', wires: [[], ['annotate']] },
    { ...run, id: 'annotate', type: 'face-annotate', wires: [['shown']] },
    {
      ...at,
      id: 'shown',
      type: 'debug',
      active: true,
      console: true,
      tosidebar: false,
      complete: 'filename',
    },
    { ...at, id: 'caught', type: 'catch', scope: null, wires: [['fault']] },
    { ...at, id: 'fault', type: 'debug', active: true, console: true, tosidebar: false, complete: 'error' },
  ];
}

describe('a flow in an empty home', function () {
  this.timeout(2 * WAIT_MS);
  let root: string;
  const folder = (name: string): string => join(root, name);

  before(() => {
    ensureBuilt();
    root = mkdtempSync(join(tmpdir(), 'arcflow-'));
    for (const name of ['home', 'tmp', 'photographs']) mkdirSync(folder(name));
    for (const name of ['sample1.jpg', 'sample4.jpg'])
      cpSync(join(SAMPLES, name), join(folder('photographs'), name));
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  it('writes nothing there, looks up no name and connects to nobody', async function () {
    if (!tracer) leaveOut(this, 'strace', 'connections are not watched');
    const trace = folder('trace');
    const env = { PATH: process.env['PATH'], HOME: folder('home'), TMPDIR: folder('tmp') };
    const watched = ['-D', '-f', '-qq', '-e', 'trace=connect,sendto,sendmsg,sendmmsg', '-o', trace];
    const nodeRed = await startNodeRed(
      flowOver(folder('photographs'), folder('gallery')),
      {},
      { env, wrapper: tracer ? ['strace', ...watched] : [] },
    );
    try {
      const end = Date.now() + WAIT_MS;
      while (!nodeRed.log().includes('sample4.jpg') && Date.now() < end) await delay(100);
    } finally {
      await nodeRed.stop();
    }
    assert.match(nodeRed.log(), /sample1\.jpg[^]*sample4\.jpg/);
    assert.doesNotMatch(nodeRed.log(), /code: '/);
    const left = [folder('home'), folder('tmp')].flatMap((place) =>
      readdirSync(place, { recursive: true }).map(String),
    );
    assert.deepEqual(left, []);
    if (!tracer) return;
    const foreign = readFileSync(trace, 'utf8')
      .split('\n')
      .filter((line) => CONNECTION.test(line) && !LOOPBACK.test(line));
    assert.deepEqual(foreign, []);
  });
});
