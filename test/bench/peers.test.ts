/** The peers' processes: ours for real, the others' with stand-ins for the packages that this project does not bring. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchPeers, PEERS, type PeerResult, type SizedPhotos } from '../../bench/peers';
import { INSTALL } from '../../bench/peers/installed';
import { choosePhotos, resizePhoto } from '../../bench/photos';
import { inResized, readTruth } from '../../bench/truth';

const SIZE = { width: 320, height: 180 };

async function samples(): Promise<SizedPhotos> {
  const truth = await readTruth(undefined);
  const files = await choosePhotos(undefined, 1);
  return {
    size: '320x180',
    photos: await Promise.all(files.map((file) => resizePhoto(file, SIZE))),
    faces: await Promise.all(files.map((file) => inResized(file, truth(file)!, SIZE))),
  };
}

const only = (name: string) => PEERS.filter((command) => command.name === name);

const named = (peers: readonly PeerResult[], name: string): PeerResult =>
  peers.find((peer) => peer.name === name)!;

describe('bench peers', function () {
  this.timeout(600_000);
  let modules: string;
  let before: string | undefined;

  beforeEach(async () => {
    modules = await mkdtemp(join(tmpdir(), 'arcflow-peers-'));
    before = process.env['NODE_PATH'];
    process.env['NODE_PATH'] = modules;
  });

  afterEach(async () => {
    if (before === undefined) delete process.env['NODE_PATH'];
    else process.env['NODE_PATH'] = before;
    await rm(modules, { recursive: true });
  });

  async function install(name: string, file: string, source: string, more: object = {}): Promise<void> {
    const path = join(modules, name, file);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(join(modules, name, 'package.json'), JSON.stringify({ name, version: '9.9.9', ...more }));
    await writeFile(path, source);
  }

  it('times ours and names every peer that is not installed, with the one command that installs it', async () => {
    const peers = await benchPeers([await samples()], 1, () => undefined);
    assert.deepEqual(
      peers.map(({ name }) => name),
      ['ArcFlow', '@vladmandic/face-api', '@vladmandic/human', 'OpenCV'],
    );
    const { timings } = named(peers, 'ArcFlow');
    assert.deepEqual(
      timings.map(({ detector, size }) => [detector, size]),
      [20, 40, 80].map((minFace) => [`MTCNN, faces from ${minFace} px`, '320x180']),
    );
    assert.deepEqual(timings[0]!.right, { present: 3, found: 3, falseAlarms: 0 });
    assert.ok(timings.every(({ detectMs, recogniseMs }) => detectMs > 0 && recogniseMs! > 0));
    for (const { name, version, missing } of peers) {
      const command = name === 'OpenCV' ? /apt install .*opencv-data/ : INSTALL;
      assert.ok(version !== null || missing?.match(command), `${name}: ${missing}`);
    }
  });

  it('finds a package whose list of exports Node.js refuses, and judges its boxes', async () => {
    await install('@tensorflow/tfjs', 'index.js', '');
    await install('@tensorflow/tfjs-backend-wasm', 'index.js', 'exports.setWasmPaths = () => undefined;');
    // Keys with and without a dot may not be mixed.
    const exports = { node: './dist/human.node.js', './dist/human.js': './dist/human.js' };
    const sample = await samples();
    const { x, y, width, height } = sample.faces[0]![0]!.box;
    const box = [x - 5, y, width + 10, height];
    const source = `exports.Human = class {
      tf = { tensor3d: () => ({}), dispose: () => undefined };
      async load() {}
      async detect() { return { face: [{ box: ${JSON.stringify(box)} }, { box: [0, 0, 5, 5] }], error: null }; }
    };`;
    await install('@vladmandic/human', join('dist', 'human.node-wasm.js'), source, { exports });
    const [human] = await benchPeers([sample], 1, () => undefined, only('@vladmandic/human'));
    const { version, missing, timings } = human!;
    assert.equal(missing, undefined);
    assert.equal(version, '9.9.9');
    assert.deepEqual(timings[0]!.right, { present: 3, found: 1, falseAlarms: 1 });
    assert.equal(timings[0]!.faces, 2);
  });

  it('does not judge photographs whose faces nobody has marked', async () => {
    const { photos, size } = await samples();
    const unmarked = { photos, size, faces: [undefined] };
    const [arcflow] = await benchPeers([unmarked], 1, () => undefined, only('ArcFlow'));
    const [timing] = arcflow!.timings;
    assert.equal(timing!.faces, 3);
    assert.equal(timing!.right, null);
  });
});
