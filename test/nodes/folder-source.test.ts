/** The photo folder in real flows. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeMessage } from 'node-red';
import folderNode from '../../nodes/folder-source/folder-source';
import { startFlow, startServer, stopFlow, stopServer } from '../support/flow';

const resolve = createRequire(__filename);
const joinNode: unknown = resolve('@node-red/nodes/core/sequence/17-split.js');

/** Takes as long with a photograph as the test says. */
const slowNode = (RED: { nodes: Registry }): void => {
  RED.nodes.registerType('test-slow', function (this: Registered, def: object) {
    RED.nodes.createNode(this, def);
    this.on('input', (message, send, done) => {
      const finish = (): void => {
        send(message);
        done();
      };
      slowNodes.push({ message, finish });
    });
  });
};
const slowNodes: { readonly message: Photo; readonly finish: () => void }[] = [];

interface Registered {
  on(
    event: 'input',
    handler: (message: Photo, send: (message: Photo) => void, done: () => void) => void,
  ): void;
}
interface Registry {
  registerType(type: string, construct: (this: Registered, def: object) => void): void;
  createNode(node: Registered, def: object): void;
}

interface Photo extends NodeMessage {
  readonly filename: string;
  readonly person?: string;
  readonly parts: { readonly id: string; readonly index: number; readonly count: number };
}

async function until(met: () => boolean, what: string): Promise<void> {
  for (let tries = 0; !met(); tries++) {
    assert.ok(tries < 1000, `${what} did not come`);
    await sleep(10);
  }
}

describe('nodes: face-folder-source', () => {
  before(startServer);
  after(stopServer);
  let folder: string;

  beforeEach(async () => {
    slowNodes.length = 0;
    folder = await mkdtemp(join(tmpdir(), 'arcflow-photos-'));
  });
  afterEach(async () => {
    await stopFlow();
    await rm(folder, { recursive: true, force: true });
  });

  async function put(...names: string[]): Promise<void> {
    for (const name of names) {
      await mkdir(join(folder, name, '..'), { recursive: true });
      await writeFile(join(folder, name), `picture ${name}`);
    }
  }

  const source = (more: object = {}): Record<string, unknown> => ({
    id: 'first',
    type: 'face-folder-source',
    folder,
    wires: [['slow'], ['out']],
    ...more,
  });
  const SLOW = { id: 'slow', type: 'test-slow', wires: [['photos']] };
  const PHOTOS = { id: 'photos', type: 'helper', wires: [] };

  it('sends every photograph without what was found in another picture, then says what was left out', async () => {
    await put('Ada/1.jpg', 'Ada/2023/2.jpg', 'Ada/@eaDir/x.jpg', 'Ada/3.heic', 'no one.jpg');
    const flow = await startFlow(
      [folderNode],
      [source({ persons: true, wires: [['photos'], ['out']] }), PHOTOS],
    );
    const photos: Photo[] = [];
    flow.node('photos').on('input', (photo: Photo) => photos.push(photo));
    const trigger = {
      _msgid: 'start',
      operation: 'start',
      frame: {},
      faces: [],
      detection: {},
      preprocess: {},
    };
    const done = await flow.send({ ...trigger, complete: true, kept: 'x', payload: 'go' });
    assert.notEqual(photos[0]!._msgid, photos[1]!._msgid);
    for (const photo of photos) delete photo._msgid;
    const path = (name: string): string => join(folder, name);
    assert.deepEqual(
      photos,
      ['Ada/1.jpg', 'Ada/2023/2.jpg'].map((name, index) => ({
        payload: Buffer.from(`picture ${name}`),
        filename: path(name),
        topic: path(name),
        person: 'Ada',
        kept: 'x',
        parts: { id: 'start', index, count: 2 },
      })),
    );
    const skipped = { hidden: 1, links: 0, outside: 1, unsupported: 1, unreadable: 0, tooLarge: 0 };
    assert.deepEqual(done, { _msgid: 'start', kept: 'x', payload: { folder, files: 2, skipped } });
  });

  it('reports each file that cannot be read, sends the others, and is done', async () => {
    await put('1.jpg', '2.jpg', '3.jpg');
    await writeFile(join(folder, '4.jpg'), '');
    const flow = await startFlow([folderNode, slowNode], [source(), SLOW, PHOTOS]);
    const errors: (NodeMessage & { error: { message: string; code: string } })[] = [];
    flow.node('caught').on('input', (message: (typeof errors)[number]) => errors.push(message));
    const out: NodeMessage[] = [];
    flow.node('out').on('input', (message: NodeMessage) => out.push(message));
    flow.node('first').receive({ payload: 'go' });
    await until(() => slowNodes.length === 1, 'the first photograph');
    await unlink(join(folder, '2.jpg'));
    slowNodes[0]!.finish();
    await until(() => slowNodes.length === 2, 'the next photograph');
    slowNodes[1]!.finish();
    await until(() => out.length === 1, 'the end');
    assert.deepEqual(
      slowNodes.map(({ message }) => [basename(message.filename), message.parts.index, message['complete']]),
      [
        ['1.jpg', 0, undefined],
        ['3.jpg', 1, true],
      ],
    );
    assert.deepEqual(
      errors.map(({ error, ...message }) => [
        error.code,
        basename(String(message['filename'])),
        message.payload,
      ]),
      [
        ['IMAGE_UNREADABLE', '4.jpg', undefined],
        ['IMAGE_UNREADABLE', '2.jpg', undefined],
      ],
    );
    assert.match(errors[1]!.error.message, /2\.jpg cannot be read: ENOENT/);
    const { files, skipped } = out[0]!.payload as { files: number; skipped: { unreadable: number } };
    assert.deepEqual([files, skipped.unreadable], [2, 2]);
  });

  it('is not held up by a join that waits for the whole folder', async () => {
    await put('1.jpg', '2.jpg', '3.jpg', '4.jpg');
    const flow = await startFlow(
      [folderNode, joinNode],
      [source({ wires: [['joined'], []] }), { id: 'joined', type: 'join', mode: 'auto', wires: [['out']] }],
    );
    const { payload } = await flow.send({});
    assert.deepEqual(
      (payload as Buffer[]).map(String),
      [1, 2, 3, 4].map((number) => `picture ${number}.jpg`),
    );
  });

  it('waits for a slow node, and stops after its photograph when it is told to', async () => {
    await put('1.jpg', '2.jpg', '3.jpg');
    const flow = await startFlow([folderNode, slowNode], [source(), SLOW, PHOTOS]);
    for (const order of [{ operation: 'stop' }, { payload: 'stop' }]) {
      slowNodes.length = 0;
      const done = flow.send({ payload: 'go' });
      await until(() => slowNodes.length === 1, 'the first photograph');
      flow.node('first').receive(order);
      await sleep(50);
      assert.equal(slowNodes.length, 1);
      slowNodes[0]!.finish();
      const { payload } = await done;
      assert.deepEqual(
        { ...(payload as object), skipped: undefined },
        {
          folder,
          files: 1,
          skipped: undefined,
          stopped: true,
        },
      );
    }
    // Nothing runs: nothing to stop, and the next start works.
    flow.node('first').receive({ payload: 'stop' });
    slowNodes.length = 0;
    const done = flow.send({});
    for (const at of [0, 1, 2]) {
      await until(() => slowNodes.length > at, 'a photograph');
      slowNodes[at]!.finish();
    }
    assert.equal(((await done).payload as { files: number }).files, 3);
  });

  it('sends nothing any more once the flow is deployed', async () => {
    await put('1.jpg', '2.jpg');
    const flow = await startFlow([folderNode, slowNode], [source(), SLOW, PHOTOS]);
    flow.node('first').receive({});
    await until(() => slowNodes.length === 1, 'the first photograph');
    await stopFlow();
    slowNodes[0]!.finish();
    await sleep(50);
    assert.equal(slowNodes.length, 1);
  });

  for (const [name, files, more, expected] of [
    ['empty', [], {}, /: The folder .* holds no images$/],
    ['of other things', ['a.heic', '.x'], {}, /holds no images to send; left out: 1 hidden, 1 unsupported$/],
    ['without people', ['1.jpg'], { persons: true }, /: Expected one folder for each person in .* directly$/],
    ['missing', [], { folder: '/nowhere' }, /: The folder \/nowhere cannot be read: ENOENT/],
    [
      'not named',
      [],
      { folder: '' },
      /: Expected a non-empty string for msg\.folder but received undefined$/,
    ],
  ] as const) {
    it(`says what is wrong with a folder that is ${name}`, async () => {
      await put(...files);
      const flow = await startFlow([folderNode], [source({ ...more, wires: [[], ['out']] })]);
      await assert.rejects(flow.send({}), expected);
    });
  }
});
