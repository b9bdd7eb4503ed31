/**
 * What function nodes, MQTT and web forms can put into a message, in every property that a node reads: each message is
 * done once, what is wrong with it reaches the Catch node in one clear sentence with a code, and the next good message
 * works.
 */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { LANDMARK_NAMES } from '../../lib/core/face';
import { createFrame } from '../../lib/image/frame';
import annotateNode from '../../nodes/annotate/annotate';
import embedNode from '../../nodes/arcface-embed/arcface-embed';
import runtimeNode from '../../nodes/arcflow-runtime/arcflow-runtime';
import storeNode from '../../nodes/arcflow-store/arcflow-store';
import eventsNode from '../../nodes/face-events/face-events';
import galleryNode from '../../nodes/face-gallery/face-gallery';
import folderNode from '../../nodes/folder-source/folder-source';
import detectNode from '../../nodes/mtcnn-detect/mtcnn-detect';
import preprocessNode from '../../nodes/preprocess/preprocess';
import videoNode from '../../nodes/video-source/video-source';
import { RUNTIME, startFlow, startServer, stopFlow, stopServer } from '../support/flow';

type Message = Record<string, unknown>;

interface Completed {
  readonly node: { readonly id: string };
  readonly error?: Error & { readonly code?: string };
}
const { hooks } = createRequire(__filename)('@node-red/util') as {
  hooks: { add(name: string, handler: (event: Completed) => void): void; remove(name: string): void };
};

const LONGEST_SENTENCE = 1001;
const WAIT_MS = 20_000;

/** Thrown by the odd values themselves: their own words are what the Catch node gets. */
class Trap extends Error {}
const throwing = (): never => {
  throw new Trap('a value that throws');
};

function cyclic(): object {
  const value: Record<string, unknown> = { box: {}, data: [] };
  value['self'] = value;
  return value;
}

function deep(): object {
  let value: object = {};
  for (let depth = 0; depth < 20_000; depth++) value = { value };
  return value;
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const VALUES: Record<string, () => unknown> = {
  undefined: () => undefined,
  null: () => null,
  boolean: () => true,
  negative: () => -1,
  'no number': () => NaN,
  endless: () => Infinity,
  bigint: () => 10n ** 30n,
  symbol: () => Symbol('odd'),
  function: () => (): number => 1,
  empty: () => '',
  blank: () => ' \t\n',
  '10 MB of text': () => 'x'.repeat(10_000_000),
  'control characters': () => 'a\0b\u001b[31m\r\n',
  'half a surrogate pair': () => 'a\ud800',
  __proto__: () => '__proto__',
  constructor: () => 'constructor',
  'path separators': () => '../../../etc/passwd\\..',
  emoji: () => '👩🏽‍🚀 张三',
  placeholders: () => '__person__ $t(folder-source.port.in) {{x}} %s',
  list: () => [],
  'list of nothing': () => [undefined, null, [], {}, 'x', 7],
  'list with holes': () => new Array<unknown>(3),
  'list of a million': () => new Array<number>(1_000_000).fill(0),
  object: () => ({}),
  'without prototype': () => Object.create(null) as object,
  cyclic,
  deep,
  date: () => new Date(NaN),
  map: () => new Map([['width', 1]]),
  error: () => new Error('odd'),
  promise: () => new Promise(() => undefined),
  'no bytes': () => Buffer.alloc(0),
  'some bytes': () => Buffer.from('\xff\xd8\xff odd', 'latin1'),
  'other numbers': () => new BigInt64Array(4),
  'frame without sense': () => ({ width: 1e9, height: -1, data: 'x' }),
  'frame with too little': () => ({ width: 10, height: 10, data: new Uint8Array(3) }),
  frozen: () => Object.freeze({ a: Object.freeze([1]) }),
  'getter that throws': () => Object.defineProperty({}, 'width', { enumerable: true, get: throwing }),
  'proxy that throws': () => new Proxy({}, { get: throwing, has: throwing, ownKeys: throwing }),
  'proxy of a list': () => new Proxy([{}], {}),
  'revoked proxy': revoked,
  'with a method': () => ({ toString: throwing, toJSON: throwing, valueOf: throwing }),
};

interface Case {
  readonly modules: readonly unknown[];
  readonly nodes: readonly Message[];
  readonly good: () => Message;
  readonly properties: readonly string[];
  /** Properties of the one face of the good message. */
  readonly ofFace?: readonly string[];
  /** Values of msg.operation, each with properties that are tried with it alone. */
  readonly orders?: readonly (readonly [operation: string, ...properties: string[]])[];
}

describe('nodes: odd messages', function () {
  this.timeout(180_000);
  let base: string;
  let picture: Buffer;
  const completed: Completed[] = [];

  before(async () => {
    await startServer();
    base = await mkdtemp(join(tmpdir(), 'arcflow-odd-'));
    const grey = { create: { width: 64, height: 48, channels: 3, background: 'grey' } } as const;
    picture = await sharp(grey).png().toBuffer();
    await mkdir(join(base, 'photos'));
    await writeFile(join(base, 'photos', '1.png'), picture);
    hooks.add('onComplete.odd-messages', (event) => {
      if (event.node.id === 'first') completed.push(event);
    });
  });
  after(async () => {
    hooks.remove('*.odd-messages');
    await stopServer();
    await rm(base, { recursive: true, force: true });
  });
  afterEach(stopFlow);

  const face = (): Message => ({
    box: { x: 10, y: 10, width: 30, height: 30 },
    confidence: 0.99,
    landmarks: Object.fromEntries(
      LANDMARK_NAMES.map((name, at) => [name, { x: 15 + at * 4, y: 15 + (at % 3) * 6 }]),
    ),
    quality: { size: 30, yaw: 0, pitch: 0, roll: 0, sharpness: 0.9 },
    embedding: Float32Array.from({ length: 512 }, (_, at) => (at === 0 ? 1 : 0)),
    embeddingModel: 'arcface-mobilefacenet-512',
  });
  const seen = (): Message => ({ frame: createFrame(64, 48), faces: [face()] });
  const FACE = ['box', 'confidence', 'landmarks', 'quality', 'embedding', 'embeddingModel', 'crop', 'match'];

  const cases: Record<string, () => Case> = {
    'mtcnn-detect': () => ({
      modules: [runtimeNode, detectNode],
      nodes: [RUNTIME, { id: 'first', type: 'mtcnn-detect', runtime: 'runtime' }],
      good: () => ({ payload: picture }),
      properties: ['payload', 'frame', 'faces', 'operation', 'filename', 'topic', 'other'],
    }),
    'mtcnn-detect that drops': () => ({
      modules: [runtimeNode, detectNode],
      nodes: [RUNTIME, { id: 'first', type: 'mtcnn-detect', runtime: 'runtime', whenBusy: 'newest' }],
      good: () => ({ payload: picture }),
      properties: ['frame', 'topic'],
    }),
    'arcface-embed': () => ({
      modules: [runtimeNode, embedNode],
      nodes: [RUNTIME, { id: 'first', type: 'arcface-embed', runtime: 'runtime' }],
      good: seen,
      properties: ['payload', 'frame', 'faces', 'operation'],
      ofFace: FACE,
    }),
    'face-gallery': () => ({
      modules: [runtimeNode, storeNode, galleryNode],
      nodes: [
        RUNTIME,
        { id: 'store', type: 'arcflow-store', directory: join(base, 'gallery') },
        { id: 'first', type: 'face-gallery', store: 'store', operation: 'match', minFaceSize: '1' },
      ],
      good: () => ({ ...seen(), person: 'Ada', newName: 'Ada' }),
      properties: ['person', 'faces', 'frame', 'operation'],
      ofFace: FACE,
      orders: [
        ['enrol', 'person', 'faces', 'frame'],
        ['verify', 'person', 'faces'],
        ['remove', 'person', 'sample'],
        ['rename', 'person', 'newName', 'merge'],
        ['export', 'person'],
        ['import', 'payload'],
      ],
    }),
    'face-events': () => ({
      modules: [runtimeNode, eventsNode],
      nodes: [RUNTIME, { id: 'first', type: 'face-events', runtime: 'runtime', wires: [['out'], ['out']] }],
      good: seen,
      properties: ['payload', 'frame', 'faces', 'operation', 'source', 'topic'],
      ofFace: FACE,
    }),
    'face-annotate': () => ({
      modules: [runtimeNode, annotateNode],
      nodes: [RUNTIME, { id: 'first', type: 'face-annotate', runtime: 'runtime' }],
      good: seen,
      properties: ['payload', 'frame', 'faces', 'topic'],
      ofFace: ['quality', 'match', 'identity', 'smoothed', 'track'],
    }),
    'face-preprocess': () => ({
      modules: [runtimeNode, preprocessNode],
      nodes: [
        RUNTIME,
        { id: 'first', type: 'face-preprocess', runtime: 'runtime', steps: [{ id: 'gamma', enabled: true }] },
      ],
      good: seen,
      properties: ['payload', 'frame', 'faces'],
      ofFace: FACE,
    }),
    'face-folder-source': () => ({
      modules: [folderNode],
      nodes: [{ id: 'first', type: 'face-folder-source', folder: '', wires: [['out'], ['out']] }],
      good: () => ({ folder: join(base, 'photos') }),
      properties: ['folder', 'payload', 'operation', 'parts', 'frame', 'person', 'other'],
    }),
    'face-video-source': () => ({
      modules: [runtimeNode, videoNode],
      nodes: [
        RUNTIME,
        { id: 'first', type: 'face-video-source', kind: 'file', path: '/nowhere.mp4', start: 'message' },
      ],
      good: () => ({ operation: 'stop' }),
      properties: ['payload', 'operation', 'seconds'],
      orders: [['seek', 'seconds']],
    }),
  };

  for (const [title, prepare] of Object.entries(cases)) {
    it(`are answered by ${title}`, async () => {
      const { modules, nodes, good, properties, ofFace = [], orders = [] } = prepare();
      const flow = await startFlow(modules, nodes);
      const caught: Message[] = [];
      flow.node('caught').on('input', (message: Message) => caught.push(message));

      /** Sends one message and waits until the node is done with it. */
      async function give(what: string, message: Message): Promise<Completed> {
        completed.length = 0;
        caught.length = 0;
        flow.node('first').receive(message);
        const deadline = Date.now() + WAIT_MS;
        while (completed.length === 0) {
          assert.ok(Date.now() < deadline, `${what}: never done`);
          await sleep(1);
        }
        const [answer] = completed;
        await new Promise((resolve) => setImmediate(resolve));
        assert.equal(completed.length, 1, `${what}: done more than once`);
        return answer!;
      }

      function check(what: string, { error }: Completed): void {
        assert.equal(caught.length, error ? 1 : 0, `${what}: ${error?.message}`);
        if (!error) return;
        const { message, code, source } = caught[0]!['error'] as Record<string, unknown>;
        assert.equal((source as Message)['id'], 'first', what);
        assert.ok(typeof message === 'string' && message.length > 0, what);
        if (error instanceof Trap || /proxy that has been revoked/.test(message)) return;
        assert.ok(code, `${what}: without a code: ${error.stack}`);
        assert.ok(message.length <= LONGEST_SENTENCE, `${what}: ${message.length} characters`);
        // eslint-disable-next-line no-control-regex -- that is what is looked for
        assert.doesNotMatch(message, /[\u0000-\u001f]/, `${what}: ${message}`);
      }

      const odd = [
        ...properties.map((property) => ({
          property,
          build: (value: unknown): Message => ({ ...good(), [property]: value }),
        })),
        ...ofFace.map((property) => ({
          property: `face.${property}`,
          build: (value: unknown): Message => ({ ...good(), faces: [{ ...face(), [property]: value }] }),
        })),
        ...orders.flatMap(([operation, ...names]) =>
          names.map((property) => ({
            property: `${operation} ${property}`,
            build: (value: unknown): Message => ({ ...good(), operation, [property]: value }),
          })),
        ),
      ];
      for (const { property, build } of odd) {
        for (const [name, make] of Object.entries(VALUES)) {
          const what = `${property}: ${name}`;
          check(what, await give(what, build(make())));
        }
        const { error } = await give('a good message', good());
        assert.equal(error, undefined, `a good message after ${property}: ${error?.message}`);
      }
      const frozen = await give('frozen', Object.freeze({ _msgid: 'frozen', ...good() }));
      assert.equal(frozen.error, undefined);
    });
  }
});
