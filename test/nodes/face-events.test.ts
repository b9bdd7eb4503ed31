import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import type { Box, Face } from '../../lib/core/face';
import { createFrame, type Frame } from '../../lib/image/frame';
import type { FaceEvent } from '../../lib/tracking/event-machine';
import type { WatchedFace } from '../../lib/tracking/face-watch';
import runtimeNode from '../../nodes/arcflow-runtime/arcflow-runtime';
import embedNode from '../../nodes/arcface-embed/arcface-embed';
import storeNode from '../../nodes/arcflow-store/arcflow-store';
import faceEventsNode from '../../nodes/face-events/face-events';
import galleryNode from '../../nodes/face-gallery/face-gallery';
import detectNode from '../../nodes/mtcnn-detect/mtcnn-detect';
import type { RuntimeNode } from '../../nodes/shared/runtime';
import {
  face,
  frameAt,
  lookalike,
  match,
  matchAgainst,
  randomUnit,
  seeded,
  square,
} from '../lib/tracking/synthetic';
import { RUNTIME, startFlow, startServer, stopFlow, stopServer } from '../support/flow';
import { PROJECT, samplePhoto } from '../support/images';
import { needs } from '../support/needs';

type Message = Record<string, unknown>;

const STEP_MS = 100;
const CLIP = join(PROJECT, '..', 'shared/data/video/head_pose/head-pose-face-detection-female-and-male.gif');
const CLIP_FPS = 12;
const CLIP_FRAMES = 30;

const random = seeded(5);
const people = { anna: randomUnit(random), ben: randomUnit(random), carl: randomUnit(random) };
type Name = keyof typeof people;
const GALLERY = { anna: people.anna, ben: people.ben };

function look(who: Name, box: Box = square(100, 100)): Face {
  const embedding = lookalike(people[who], 0.7, random);
  return face(box, { embedding, match: matchAgainst(GALLERY, embedding) });
}

/** Seconds in the editor's strings. */
const SETTINGS = {
  leaveAfter: '2',
  seenEvery: '5',
  unknownAfter: '1.5',
  coolDown: '4',
  rememberStrangers: '60',
};

describe('nodes: face-events', () => {
  let flow: Awaited<ReturnType<typeof startFlow>>;
  let events: Message[];

  let directory: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'arcflow-'));
    await startServer();
  });
  after(async () => {
    await stopServer();
    await rm(directory, { recursive: true, force: true });
  });
  afterEach(stopFlow);

  async function start(settings: object = {}, nodes: readonly Message[] = []): Promise<void> {
    flow = await startFlow(
      [runtimeNode, storeNode, detectNode, embedNode, galleryNode, faceEventsNode],
      [
        ...nodes,
        { id: 'first', type: 'face-events', ...SETTINGS, ...settings, wires: [['events'], ['out']] },
        { id: 'events', type: 'helper', wires: [] },
      ],
    );
    events = [];
    flow.node('events').on('input', (message: Message) => events.push(message));
  }

  /** One frame each 100 ms of the frames' own time, as fast as the node takes them. */
  async function play(
    from: number,
    to: number,
    scene: (at: number) => readonly Face[],
    source = 'door',
  ): Promise<void> {
    for (let at = from; at <= to; at += STEP_MS)
      await flow.send({ frame: frameAt(at, source), faces: scene(at) });
  }

  const payloads = (): FaceEvent[] => events.map((message) => message['payload'] as FaceEvent);
  const brief = (): string[] =>
    payloads().map(
      ({ event, person, strangerId, source }) => `${source}: ${event} ${person ?? strangerId ?? ''}`,
    );
  const nothing = (): Face[] => [];

  it('says once that somebody arrived, and that she left after an absence', async () => {
    await start();
    await play(0, 3000, () => [look('anna')]);
    assert.deepEqual(brief(), ['door: arrived anna']);
    const [arrived] = events;
    assert.equal(arrived!['topic'], 'arrived');
    assert.equal(arrived!['image'], undefined, 'no runtime, no picture');
    await play(3100, 5500, nothing);
    assert.deepEqual(brief(), ['door: arrived anna', 'door: left anna']);
    const { event, firstTime, lastTime, similarity, votes, ...rest } = payloads()[1]!;
    assert.deepEqual([event, firstTime, lastTime], ['left', 0, 3000]);
    assert.ok(similarity > 0.65 && votes >= 3);
    assert.deepEqual(rest, { person: 'anna', strangerId: null, source: 'door' });
  });

  it('passes every frame on, each face with track, identity and smoothed outline', async () => {
    await start();
    await play(0, 200, () => [look('anna')]);
    const message = await flow.send({
      frame: frameAt(300),
      faces: [look('anna', square(104, 100)), look('carl', square(400, 100))],
      topic: 'kept',
    });
    const [anna, carl] = message['faces'] as WatchedFace[];
    assert.deepEqual(anna!.track, { id: 1, age: 300, hits: 4 });
    assert.deepEqual([anna!.identity.state, anna!.identity.person], ['known', 'anna']);
    assert.ok(anna!.smoothed.box.x > 100 && anna!.smoothed.box.x < 104);
    assert.deepEqual([anna!.box.x, anna!.embedding?.length, message.topic], [104, 512, 'kept']);
    assert.deepEqual([carl!.identity.state, carl!.identity.person], ['undecided', null]);
  });

  it('repeats that somebody is seen, at the interval', async () => {
    await start();
    await play(0, 11_000, () => [look('anna')]);
    assert.deepEqual(brief(), ['door: arrived anna', 'door: seen anna', 'door: seen anna']);
  });

  it('reports a stranger who stays, with the best crop as JPEG, and the same one coming back', async () => {
    await start({ runtime: 'runtime' }, [RUNTIME]);
    await play(0, 1000, () => [look('carl', square(100, 100, 40))]);
    assert.deepEqual(brief(), []);
    await play(1100, 2000, () => [look('carl', square(100, 100, 60))]);
    // By the time that the engine has started, the stranger may have left.
    await until(() => events.length >= 1);
    assert.deepEqual(brief()[0], 'door: unknown stranger-1');
    const { format, width, height } = await sharp(events[0]!['image'] as Buffer).metadata();
    assert.equal(format, 'jpeg');
    // The larger look, with a margin of 0.3 on each side.
    assert.deepEqual([width, height], [96, 96]);
    await play(2100, 7000, nothing);
    await play(7100, 9000, () => [look('carl', square(300, 100))]);
    await until(() => events.length >= 3);
    assert.deepEqual(brief().slice(1, 3), ['door: left stranger-1', 'door: unknown stranger-1']);
  });

  it('keeps quiet about who walks in and out during the cool-down', async () => {
    await start({ coolDown: '60' });
    for (const from of [0, 6000, 12_000]) {
      await play(from, from + 1000, () => [look('anna')]);
      await play(from + 1100, from + 5900, nothing);
    }
    assert.deepEqual(brief(), ['door: arrived anna', 'door: left anna']);
  });

  it('keeps two sources apart', async () => {
    await start();
    for (let at = 0; at <= 1000; at += STEP_MS) {
      await flow.send({ frame: frameAt(at, 'door'), faces: [look('anna')] });
      await flow.send({ frame: frameAt(at, 'garden'), faces: [look('ben')] });
    }
    assert.deepEqual(brief(), ['door: arrived anna', 'garden: arrived ben']);
  });

  it('lets people leave when frames stop coming', async () => {
    await start({ leaveAfter: '0.6', coastFor: '0.3' });
    await play(0, 500, () => [look('anna')]);
    await until(() => events.length >= 2);
    assert.deepEqual(brief(), ['door: arrived anna', 'door: left anna']);
  });

  it('takes one picture after which none follows for enough', async () => {
    await start({ leaveAfter: '3' });
    await flow.send({ frame: frameAt(0), faces: [look('anna'), look('carl', square(400, 100))] });
    assert.deepEqual(brief(), []);
    await until(() => events.length >= 2);
    assert.deepEqual(brief(), ['door: arrived anna', 'door: unknown stranger-1']);
  });

  it('follows the largest faces of a crowd, passes the others on, and says so once', async () => {
    await start({ maxFaces: '2' });
    const warnings: string[] = [];
    Object.assign(flow.node('first'), { warn: (warning: string) => warnings.push(warning) });
    const crowd = [look('carl', square(9, 9, 30)), look('anna'), look('ben', square(300, 9))];
    for (const faces of [crowd, crowd, [look('anna')], crowd]) {
      const { faces: passed } = await flow.send({ frame: frameAt(0), faces });
      assert.equal((passed as Face[]).length, faces.length);
      assert.deepEqual(
        (passed as Partial<WatchedFace>[]).map(({ track }) => track !== undefined),
        faces.map(({ box }) => box.width > 30),
      );
    }
    // The test harness gives keys for texts.
    assert.deepEqual(warnings, Array(2).fill('face-events.warning.crowd'));
  });

  it('closes its books when a video source has ended, and not when it is lost', async () => {
    await start();
    await play(0, 500, () => [look('anna')]);
    const node = flow.node('first');
    node.receive({ payload: { state: 'lost', source: 'door' } });
    node.receive({ payload: { state: 'ended', source: 'garden' } });
    await sleep(50);
    assert.deepEqual(brief(), ['door: arrived anna']);
    node.receive({ payload: { state: 'ended', source: 'door' } });
    await until(() => events.length >= 2);
    assert.deepEqual(brief()[1], 'door: left anna');
  });

  it('forgets strangers at a reset', async () => {
    await start();
    const stay = (from: number): Promise<void> => play(from, from + 2000, () => [look('carl')]);
    await stay(0);
    flow.node('first').receive({ operation: 'reset' });
    await until(() => events.length >= 2);
    await stay(10_000);
    assert.deepEqual(brief(), [
      'door: unknown stranger-1',
      'door: left stranger-1',
      'door: unknown stranger-2',
    ]);
  });

  it('refuses what is no face, tells the Catch node, and goes on', async () => {
    await start();
    const good = look('anna');
    const frame = frameAt(0);
    const cases: [Message, RegExp][] = [
      [{ frame }, /Expected an array of faces .* for msg\.faces but received undefined/],
      [{ faces: [good] }, /Expected a Frame .* for msg\.frame/],
      [{ frame, faces: [{ ...good, quality: { ...good.quality, size: NaN } }] }, /quality\.size .* NaN/],
      [
        { frame, faces: [good, { ...good, embedding: new Float32Array(512).fill(NaN) }] },
        /Expected a vector of unit length for msg\.faces\[1\]\.embedding/,
      ],
      [{ frame, faces: [{ ...good, match: { ...good.match, person: 7 } }] }, /match\.person .* 7/],
      [{ frame, faces: [{ ...good, match: { person: 'anna' } }] }, /match\.similarity/],
      [{ operation: 'restart' }, /Expected one of reset for msg\.operation but received "restart"/],
    ];
    for (const [message, expected] of cases)
      await assert.rejects(flow.send({ ...message, kept: 1 }), (error: Error & { received?: Message }) => {
        assert.match(error.message, expected);
        assert.equal(error.received!['kept'], 1);
        return true;
      });
    await play(100, 500, () => [look('anna')]);
    assert.deepEqual(brief(), ['door: arrived anna']);
  });

  it('sends an event without its picture when the engine fails, and tells the Catch node', async () => {
    await start({ runtime: 'nobody' });
    const caught = new Promise<Message>((resolve) =>
      flow.node('caught').once('input', (message: Message) => resolve(message)),
    );
    for (let at = 0; at <= 300; at += STEP_MS)
      flow.node('first').receive({ frame: frameAt(at), faces: [look('anna')] });
    assert.match(String(((await caught)['error'] as Message)['message']), /Expected an ArcFlow runtime/);
    assert.deepEqual(brief(), ['door: arrived anna']);
    assert.equal(events[0]!['image'], undefined);
  });

  it('names a setting that is out of range', async () => {
    await start({ leaveAfter: '0.5' });
    await assert.rejects(
      flow.send({ frame: frameAt(0), faces: [] }),
      /Expected a number between 1 and 86400 for leaveAfter but received 0\.5/,
    );
  });

  it('leaves no timer behind', async () => {
    const timers = new Set<unknown>();
    const { setInterval: set, clearInterval: clear } = globalThis;
    globalThis.setInterval = ((...args: Parameters<typeof set>) => {
      const timer = set(...args);
      timers.add(timer);
      return timer;
    }) as typeof set;
    globalThis.clearInterval = (timer) => {
      timers.delete(timer);
      clear(timer);
    };
    try {
      await start();
      await play(0, 300, () => [look('anna')]);
      assert.ok(timers.size > 0);
      await stopFlow();
      assert.equal(timers.size, 0);
    } finally {
      Object.assign(globalThis, { setInterval: set, clearInterval: clear });
    }
  });

  describe('saving work', () => {
    const CHAIN = [
      RUNTIME,
      { id: 'detect', type: 'mtcnn-detect', runtime: 'runtime', watch: 'first', wires: [['embed']] },
      { id: 'embed', type: 'arcface-embed', runtime: 'runtime', watch: 'first', wires: [['name']] },
      { id: 'name', type: 'helper', wires: [['first']] },
    ];

    it('searches only around followed faces, and embeds only who is not known yet', async () => {
      await start({ fullEvery: '4' }, CHAIN);
      // Who is embedded is Anna.
      flow.node('name').on('input', (message: Message) => {
        const faces = (message['faces'] as Face[]).map((found) =>
          found.embedding ? { ...found, match: match('anna', 0.7) } : found,
        );
        flow.node('first').receive({ ...message, faces });
      });
      const searched = searches();
      const photo = await portrait();
      const embedded: number[] = [];
      for (let at = 0; at <= 700; at += STEP_MS) {
        const { faces } = await flow.send({ frame: { ...photo, timestamp: at, source: 'door' } }, 'detect');
        const [found, ...others] = faces as WatchedFace[];
        assert.deepEqual([found?.track.id, others.length], [1, 0]);
        assert.ok(found!.embedding ?? found!.embeddingSkipped);
        embedded.push(found!.embedding ? 1 : 0);
      }
      assert.equal(embedded[0], 1);
      assert.deepEqual(embedded.slice(-4), [0, 0, 0, 0]);
      assert.deepEqual(
        searched.map((regions) => regions?.length ?? 'all'),
        ['all', 1, 1, 1, 'all', 1, 1, 1],
      );
      assert.deepEqual(brief(), ['door: arrived anna']);
    });

    it('names the node that is missing', async () => {
      const [runtime, detect] = CHAIN;
      await start({}, [runtime!, { ...detect!, watch: 'gone', wires: [['out']] }]);
      await assert.rejects(
        flow.send({ frame: createFrame(64, 64) }, 'detect'),
        /Expected the face events node that saves work here to run/,
      );
    });

    it('searches in whole and embeds everybody for a message that enrols', async () => {
      await start(
        {},
        CHAIN.map((node) => (node.id === 'embed' ? { ...node, wires: [['out']] } : node)),
      );
      const photo = await portrait();
      for (let at = 0; at <= 500; at += STEP_MS)
        await flow.send({ frame: { ...photo, timestamp: at, source: 'door' }, faces: [look('anna')] });
      const { faces } = await flow.send({ frame: photo, operation: 'enrol' }, 'detect');
      assert.ok((faces as Face[]).length === 1 && (faces as Face[])[0]!.embedding);
    });
  });

  it('names both people of a real clip, and nobody else', async function () {
    needs(this, 'evaluation-data', existsSync(CLIP) ? undefined : 'the clip head_pose is not there');
    await startClip();
    const { pages = 1 } = await sharp(CLIP).metadata();
    for (let index = 0; index < Math.min(pages, CLIP_FRAMES); index++)
      await flow.send({ frame: await clipFrame(index) }, 'detect');
    assert.deepEqual(brief().sort(), ['clip: arrived female', 'clip: arrived male']);
    for (const { image } of events as { image: Buffer }[])
      assert.equal((await sharp(image).metadata()).format, 'jpeg');
  });

  /** The regions of each detection that follows; undefined: the whole frame. */
  function searches(): (readonly Box[] | undefined)[] {
    const { engine } = flow.node('runtime') as unknown as RuntimeNode;
    const found: (readonly Box[] | undefined)[] = [];
    const call = engine.call.bind(engine);
    engine.call = (operation, ...args) => {
      if (operation === 'detect') found.push(args[3] as readonly Box[] | undefined);
      return call(operation, ...args);
    };
    return found;
  }

  async function startClip(): Promise<void> {
    const gallery = { store: 'store', runtime: 'runtime' };
    await start({ runtime: 'runtime', fullEvery: '3' }, [
      RUNTIME,
      { id: 'store', type: 'arcflow-store', directory },
      { id: 'detect', type: 'mtcnn-detect', runtime: 'runtime', watch: 'first', wires: [['embed']] },
      { id: 'embed', type: 'arcface-embed', runtime: 'runtime', watch: 'first', wires: [['match']] },
      { id: 'match', type: 'face-gallery', ...gallery, wires: [['first']] },
      { id: 'detectStill', type: 'mtcnn-detect', runtime: 'runtime', wires: [['embedStill']] },
      { id: 'embedStill', type: 'arcface-embed', runtime: 'runtime', wires: [['enrol']] },
      { id: 'enrol', type: 'face-gallery', ...gallery, operation: 'enrol', wires: [['out']] },
    ]);
    for (const person of ['female', 'male']) {
      const payload = await readFile(join(dirname(CLIP), 'references', `${person}.png`));
      await flow.send({ payload, person }, 'detectStill');
    }
  }
});

/** The woman in the middle of the third photograph, in a corner of a larger picture. */
async function portrait(): Promise<Frame> {
  const { data, info } = await sharp(samplePhoto(3))
    .extract({ left: 970, top: 110, width: 400, height: 480 })
    .extend({ right: 480, bottom: 240, background: 'grey' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return Object.assign(createFrame(info.width, info.height), { data: new Uint8Array(data) });
}

async function clipFrame(index: number): Promise<Frame> {
  const { data, info } = await sharp(CLIP, { page: index })
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const origin = { source: 'clip', sequence: index, timestamp: (index * 1000) / CLIP_FPS };
  return { ...origin, width: info.width, height: info.height, data: new Uint8Array(data) };
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 200_000;
  while (!condition()) {
    assert.ok(Date.now() < deadline, 'waited in vain');
    await sleep(20);
  }
}
