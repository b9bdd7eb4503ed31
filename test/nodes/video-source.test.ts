import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import sharp from 'sharp';
import { ArcFlowError } from '../../lib/core/errors';
import type { Frame } from '../../lib/image/frame';
import { childrenOf, CLIP_RATE, numberedJpeg, numberOf, testFolder, writeClip } from '../lib/video/support';
import { MjpegServer } from '../servers/mjpeg-server';
import { RtspServer, rtspServerMissing } from '../servers/rtsp-server';
import { startServer, stopFlow, stopServer } from '../support/flow';
import { needs } from '../support/needs';
import {
  playVideo,
  until,
  type Heard,
  type Message,
  type PlayOptions,
  type VideoFlow,
} from '../support/video-flow';

const RATE = 30;
const PASSWORD = 'p@ss w/rd';

/** Connecting takes the time it takes; what came of it is what counts. */
const namesOf = ({ states }: Heard): unknown[] =>
  states.map(({ state }) => state).filter((state) => state !== 'connecting');

describe('nodes: face-video-source', () => {
  const folder = testFolder();
  const clip = join(folder.path, 'clip.mjpeg');
  const FRAMES = 12;
  const servers: { stop: () => Promise<void> }[] = [];
  const source = { kind: 'file', path: clip, pace: 'flow', start: 'message' };
  let picture: Buffer;

  const play = (changes: object = {}, options: PlayOptions = {}): Promise<VideoFlow> =>
    playVideo({ ...source, ...changes }, options);

  async function camera(options: { port?: number; login?: string } = {}): Promise<MjpegServer> {
    const server = await MjpegServer.start({ framesPerSecond: RATE, picture: () => picture, ...options });
    servers.push(server);
    return server;
  }

  async function rtspCamera(options: Parameters<typeof RtspServer.start>[0]): Promise<RtspServer> {
    const server = await RtspServer.start(options);
    servers.push(server);
    return server;
  }

  before(async () => {
    await startServer();
    await writeClip(clip, FRAMES);
    picture = await numberedJpeg(1);
  });
  after(async () => {
    await stopServer();
    folder.remove();
  });
  afterEach(async () => {
    await stopFlow();
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });

  it('sends every frame of a file in order, then that it ended', async () => {
    const { heard } = await play({ start: 'deploy' }, { takesMs: 5 });
    await until(() => heard.states.at(-1)?.['state'] === 'ended');
    const frames = heard.frames.map((message) => message['frame'] as Frame);
    assert.deepEqual(
      frames.map(numberOf),
      Array.from({ length: FRAMES }, (_, n) => n),
    );
    assert.deepEqual([heard.frames[0]?.topic, frames[0]?.source], ['door', 'door']);
    assert.equal('payload' in heard.frames[0]!, false);
    assert.deepEqual(
      heard.states.map(({ state, source: label }) => [state, label]),
      ['connecting', 'connected', 'ended'].map((state) => [state, 'door']),
    );
    assert.deepEqual([heard.states[1]?.['width'], heard.states[1]?.['height']], [160, 120]);
    assert.equal(heard.statuses.at(-1)?.fill, 'grey');
  });

  for (const output of ['jpeg', 'both']) {
    it(`sends JPEGs when asked to (${output})`, async () => {
      const { heard } = await play({ output, runtime: 'runtime', width: '80', start: 'deploy' });
      await until(() => heard.frames.length === FRAMES);
      const [message] = heard.frames;
      assert.equal('frame' in message!, output === 'both');
      const { format, width, height } = await sharp(message?.payload as Buffer).metadata();
      assert.deepEqual([format, width, height], ['jpeg', 80, 60]);
    });
  }

  it('obeys start, pause, resume, seek, snapshot and stop', async () => {
    const { heard, order } = await play({ pace: 'real time', loop: true });
    await delay(200);
    assert.equal(heard.frames.length, 0);

    /** Number and message of the frame that a snapshot shows; what was sent before it has come by then. */
    async function snapshot(): Promise<number> {
      const { length } = heard.frames;
      order({ payload: 'snapshot', extra: 'kept' });
      const shown = (): object | undefined =>
        heard.frames.slice(length).find(({ extra }) => extra === 'kept');
      await until(() => shown() !== undefined);
      return numberOf((shown() as { frame: Frame }).frame);
    }
    assert.equal(await snapshot(), 0);

    order({ payload: 'start' });
    await until(() => heard.frames.length > 3);
    order({ operation: 'pause', payload: Date.now() });
    await until(() => heard.states.at(-1)?.['state'] === 'paused');
    const there = await snapshot();
    const { length } = heard.frames;
    await delay(300);
    assert.equal(await snapshot(), there);
    assert.equal(heard.frames.length, length + 1, 'nothing but the snapshot');

    const elsewhere = there === 8 ? 4 : 8;
    order({ payload: 'seek', seconds: elsewhere / CLIP_RATE });
    for (let tries = 0; (await snapshot()) !== elsewhere; tries++) assert.ok(tries < 200, 'it went nowhere');
    const before = heard.frames.length;
    order({ payload: 'resume' });
    await until(() => heard.frames.length > before + 3);
    order({ payload: 'stop' });
    await until(() => heard.states.at(-1)?.['state'] === 'stopped');
    assert.deepEqual(childrenOf(process.pid), []);
  });

  it('gives the Catch node what it cannot do', async () => {
    const { flow } = await play();
    await assert.rejects(
      flow.send({ payload: 'rewind' }),
      /Expected one of start, stop, pause, resume, snapshot, seek for msg.payload but received "rewind"/,
    );
    await assert.rejects(flow.send({ payload: 'seek' }), /Expected a number of at least 0 for msg.seconds/);
  });

  it('tells which field is wrong, and that an address is missing', async () => {
    for (const [changes, message] of [
      [{ everyNth: '0' }, /Expected an integer between 1 and 10000 for everyNth but received 0/],
      [{ kind: 'stream' }, /Expected a camera’s address for address but received undefined/],
      [{ path: '' }, /Expected a non-empty string for path/],
      [{ path: 'none.mp4' }, /The video file .*none\.mp4 cannot be read/],
      [{ output: 'both' }, /Expected an ArcFlow runtime to be chosen/],
    ] as const) {
      const { flow } = await play(changes);
      await assert.rejects(flow.send({ payload: 'start' }), message);
      await stopFlow();
    }
  });

  type Login = Readonly<Record<'user' | 'password', string>>;
  type StartCamera = (
    login: Login,
    port?: number,
  ) => Promise<{ port: number; url: string; stop(): Promise<void> }>;
  const cameras: Record<string, StartCamera> = {
    MJPEG: ({ user, password }, port = 0) => camera({ port, login: `${user}:${password}` }),
    RTSP: (login, port = 0) => rtspCamera({ port, auth: 'digest', ...login }),
  };
  for (const [kind, startCamera] of Object.entries(cameras)) {
    it(`gives frames again when a lost ${kind} camera comes back, and never shows its password`, async function () {
      if (kind === 'RTSP') needs(this, 'rtsp-server', rtspServerMissing());
      const login = { user: 'anna', password: PASSWORD };
      const { port, url, stop } = await startCamera(login).then((server) => ({
        port: server.port,
        url: server.url,
        stop: () => server.stop(),
      }));
      const credentials = { address: url, ...login };
      const { heard } = await play(
        { kind: 'stream', start: 'deploy', name: '', statisticsEvery: '1' },
        { credentials },
      );
      await until(() => heard.frames.length > 5 && heard.statistics.length > 0);
      await stop();
      await until(() => heard.states.some(({ state }) => state === 'lost'));
      assert.ok(heard.statuses.some(({ fill, text }) => fill === 'red' && text.includes('lost')));
      const { length } = heard.frames;
      await startCamera(login, port);
      await until(() => heard.frames.length > length + 5);
      const names = namesOf(heard);
      assert.deepEqual([names[0], names[1], names.at(-1)], ['connected', 'lost', 'connected']);
      assert.ok(!names.slice(1, -1).includes('connected'), names.join());
      assert.equal(heard.frames[0]?.topic, url);
      const said = JSON.stringify([heard.states, heard.statistics, heard.statuses]);
      for (const form of [
        PASSWORD,
        encodeURIComponent(PASSWORD),
        Buffer.from(`anna:${PASSWORD}`).toString('base64'),
      ])
        assert.ok(!said.includes(form), said);
    });
  }

  it('plays an address that the flow carries itself, and one with a password in its path', async () => {
    const { url } = await camera();
    const address = `${url}/user=admin_password=${encodeURIComponent(PASSWORD)}_channel=1`;
    for (const [config, options] of [
      [{ address }, {}],
      [{ address: 'http://127.0.0.1:1/' }, { credentials: { address } }],
    ] as const) {
      const { heard } = await play({ kind: 'stream', start: 'deploy', name: '', ...config }, options);
      await until(() => heard.frames.length > 0);
      const shown = `${url}/user=***_password=***_channel=1`;
      assert.deepEqual(
        [heard.frames[0]?.topic, (heard.frames[0]?.['frame'] as Frame).source, heard.states[0]?.['source']],
        [shown, shown, shown],
      );
      await stopFlow();
    }
  });

  it('reports the next state where one could not be sent, and tells the Catch node', async () => {
    const { flow, heard, order } = await play();
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const caught: Message[] = [];
    flow.node('caught').on('input', ((message: Message) => void caught.push(message)) as never);
    const node = flow.node('first') as unknown as { send: (message: unknown) => void };
    const send = node.send.bind(node);
    let failures = 0;
    node.send = (message) => {
      if (failures++ === 0) throw new ArcFlowError('INVALID_ARGUMENT', 'Nobody takes this state');
      send(message);
    };
    try {
      order({ payload: 'start' });
      await until(() => heard.states.at(-1)?.['state'] === 'ended');
      assert.deepEqual(namesOf(heard), ['connected', 'ended']);
      await until(() => caught.length > 0);
      const { message, code } = caught[0]?.['error'] as Record<string, unknown>;
      assert.deepEqual([message, code], ['Nobody takes this state', 'INVALID_ARGUMENT']);
      assert.deepEqual(unhandled, []);
    } finally {
      process.off('unhandledRejection', note);
    }
  });

  it('goes on where a node never tells that it is done', async () => {
    const { heard } = await play({ start: 'deploy' }, { neverDone: true });
    await until(() => heard.frames.length === FRAMES);
  });
});
