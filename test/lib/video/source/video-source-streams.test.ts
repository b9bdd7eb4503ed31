import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Frame } from '../../../../lib/image/frame';
import {
  VideoSource,
  type VideoSourceOptions,
  type VideoStatistics,
} from '../../../../lib/video/source/video-source';
import type { StreamInput } from '../../../../lib/video/source/options';
import { MjpegServer, type MjpegServerOptions } from '../../../servers/mjpeg-server';
import { ffmpegServerMissing, startHls, startRtmp } from '../../../servers/ffmpeg-server';
import { RtspServer, rtspServerMissing } from '../../../servers/rtsp-server';
import { startTlsFront, tlsFrontMissing } from '../../../servers/tls-front';
import { needs, needsLinux } from '../../../support/needs';
import {
  childrenOf,
  commandLine,
  DECODERS,
  decodersFor,
  needsDecoder,
  nextState,
  numberedJpeg,
  testFolder,
} from '../support';

const RATE = 30;
const PASSWORD = "p@ss:w/rd'1&é";

/** A pair of pictures to tell apart, in two sizes. */
let small: Buffer;
let large: Buffer;

async function takeUntil(source: VideoSource, wanted: (frame: Frame) => boolean): Promise<Frame> {
  for (;;) {
    const frame = await source.take();
    assert.ok(frame, 'the source ended');
    if (wanted(frame)) return frame;
  }
}

describe('VideoSource with streams', () => {
  const folder = testFolder();
  const servers: { stop: () => Promise<void> }[] = [];
  const sources: VideoSource[] = [];
  /** Everything that a source says. */
  let said: string[] = [];

  function open(input: Omit<StreamInput, 'kind'>, options: Partial<VideoSourceOptions> = {}): VideoSource {
    const source = new VideoSource({
      input: { kind: 'stream', ...input },
      firstRetryMs: 100,
      longestRetryMs: 500,
      statisticsEveryMs: 500,
      ...options,
    });
    source.on('state', (state) =>
      said.push(JSON.stringify(state), 'error' in state ? String(state.error) : ''),
    );
    source.on('statistics', (statistics) => said.push(JSON.stringify(statistics)));
    sources.push(source);
    return source;
  }

  async function camera(options: Partial<MjpegServerOptions> = {}): Promise<MjpegServer> {
    const server = await MjpegServer.start({ framesPerSecond: RATE, picture: () => small, ...options });
    servers.push(server);
    return server;
  }

  before(async () => {
    small = await numberedJpeg(1, 160, 120);
    large = await numberedJpeg(2, 320, 180);
  });
  after(() => folder.remove());
  beforeEach(() => (said = []));
  afterEach(async () => {
    await Promise.all(sources.splice(0).map((source) => source.close()));
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });

  for (const decoderPath of DECODERS) {
    describe(`decoded by ${decoderPath}`, () => {
      before(async function () {
        await needsDecoder(this, decoderPath);
      });

      it('reads MJPEG, notices that the camera is gone, and reads on when it is back', async () => {
        const server = await camera();
        const { url, port } = server;
        const source = open({ url }, { decoderPath });
        await source.start();
        const before = await source.take();
        assert.deepEqual([before?.width, before?.height], [160, 120]);
        const lost = nextState(source, 'lost');
        await server.stop();
        const { attempt, retryInMs, error } = await lost;
        assert.equal(attempt, 1);
        assert.ok(retryInMs >= 70 && retryInMs <= 100);
        assert.equal(error.code, 'SOURCE_UNAVAILABLE');
        const again = await nextState(source, 'lost');
        assert.equal(again.reason, 'Connection refused');
        const connected = nextState(source, 'connected');
        await camera({ port });
        assert.equal((await connected).width, 160);
        const after = await takeUntil(source, ({ sequence }) => sequence > before!.sequence);
        assert.equal(after.source, url);
      });

      it('goes on when the camera changes its resolution', async () => {
        const server = await camera();
        const source = open({ url: server.url }, { decoderPath });
        await source.start();
        const size = ({ width, height, data }: Frame): number[] => [width, height, data.length];
        assert.deepEqual(size(await takeUntil(source, () => true)), [160, 120, 160 * 120 * 3]);
        server.picture = () => large;
        const changed = await takeUntil(source, ({ width }) => width !== 160);
        assert.deepEqual(size(changed), [320, 180, 320 * 180 * 3]);
        assert.ok(
          changed.data.every((value) => Math.abs(value - 10) < 4),
          'whole pixels of the new picture',
        );
        server.picture = () => small;
        await takeUntil(source, ({ width }) => width === 160);
      });

      for (const manner of ['boundary behind', 'image/jpg'] as const) {
        for (const login of [undefined, `admin:${PASSWORD}`]) {
          it(`reads MJPEG with ${manner}${login === undefined ? '' : ', with a password'}`, async () => {
            const server = await camera({ manner, ...(login !== undefined && { login }) });
            const credentials = login === undefined ? {} : { user: 'admin', password: PASSWORD };
            const source = open({ url: server.url, ...credentials }, { decoderPath });
            const states: string[] = [];
            source.on('state', ({ state }) => states.push(state));
            await source.start();
            const before = await source.take();
            assert.deepEqual([before?.width, before?.height], [160, 120]);
            assert.deepEqual(states, ['connecting', 'connected'], 'without a word of the first way');
            const lost = nextState(source, 'lost');
            const { port } = server;
            await server.stop();
            await lost;
            await camera({ port, manner, ...(login !== undefined && { login }) });
            await takeUntil(source, ({ sequence }) => sequence > before!.sequence);
            if (process.platform === 'linux') said.push(...childrenOf(process.pid).map(commandLine));
            assertUnsaid(said, PASSWORD);
          });
        }
      }

      it('opens no file of this machine for a camera, whatever its playlist says', async function () {
        needsLinux(this); // Windows has no named pipes in folders.
        // Who opens a named pipe waits for its other end, which never comes.
        const pipe = join(folder.path, `${decoderPath}.ts`);
        execFileSync('mkfifo', [pipe]);
        const prefixes = ['file://', 'crypto:'];
        let segment = '';
        const server = createServer((_request, response) =>
          response.end(`#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${segment}\n#EXT-X-ENDLIST\n`),
        ).listen(0, '127.0.0.1');
        await once(server, 'listening');
        servers.push({ stop: () => closeServer(server) });
        const { port } = server.address() as AddressInfo;
        const url = `http://127.0.0.1:${port}/camera.m3u8`;
        for (const login of [{}, { user: 'admin', password: PASSWORD }]) {
          const source = open({ url, ...login }, { decoderPath, connectWithinMs: 10_000 });
          for (const prefix of prefixes) {
            segment = prefix + pipe;
            const lost = nextState(source, 'lost');
            await source.start();
            assert.equal((await lost).reason, 'Invalid data found when processing input', segment);
            await source.stop();
          }
        }
      });

      it('goes on after broken pictures', async () => {
        const server = await camera();
        server.picture = (n) =>
          n % 3 === 0 ? small : Buffer.concat([small.subarray(0, 200), Buffer.alloc(300, n)]);
        const source = open({ url: server.url }, { decoderPath });
        await source.start();
        const first = await takeUntil(source, () => true);
        await takeUntil(source, ({ sequence }) => sequence >= first.sequence + 10);
        assert.equal(source.state.state, 'connected');
      });

      it('connects again to a camera that stalls', async () => {
        const server = await camera();
        const source = open({ url: server.url }, { decoderPath, stallAfterMs: 400 });
        await source.start();
        await source.take();
        const lost = nextState(source, 'lost');
        server.stalled = true;
        assert.equal((await lost).reason, 'no picture for 0.4 s');
        const connected = nextState(source, 'connected');
        server.stalled = false;
        await connected;
        assert.ok(await source.take());
      });

      it('logs in, and shows the password nowhere, not even to other users of the machine', async () => {
        const server = await camera({ login: `admin:${PASSWORD}` });
        const login = { url: server.url, user: 'admin', password: PASSWORD };
        const source = open(login, { decoderPath });
        const statistics = new Promise((resolve) => source.once('statistics', resolve));
        await source.start();
        const frame = await source.take();
        assert.equal(frame?.source, server.url);
        await statistics;
        if (process.platform === 'linux') said.push(...childrenOf(process.pid).map(commandLine));

        const refused = open({ ...login, password: `${PASSWORD}x` }, { decoderPath });
        await refused.start();
        assert.match((await nextState(refused, 'lost')).reason, /401/);

        const unreachable = open({ ...login, url: 'rtsp://127.0.0.1:1/stream' }, { decoderPath });
        await unreachable.start();
        await nextState(unreachable, 'lost');
        assert.ok(said.length >= 6);
        assertUnsaid(said, PASSWORD);
      });
    });
  }

  it('logs in with a password as it is typed into the address', async () => {
    const password = 'p@ss/w#rd$?@';
    const server = await camera({ login: `admin:${password}` });
    const source = open({ url: server.url.replace('//', `//admin:${password}@`) });
    await source.start();
    assert.equal((await source.take())?.source, server.url);

    const factory = await camera({ login: 'admin:' });
    const withoutPassword = open({ url: factory.url, user: 'admin' });
    await withoutPassword.start();
    assert.equal((await withoutPassword.take())?.source, factory.url);
  });

  it('gives a flow that takes 300 ms a frame the newest one, counts the rest, and keeps memory flat', async () => {
    const server = await camera();
    server.picture = () => large;
    const source = open({ url: server.url }, { width: 1920 });
    let last: VideoStatistics | undefined;
    source.on('statistics', (statistics) => (last = statistics));
    await source.start();
    await source.take();
    const ages: number[] = [];
    let memory = 0;
    const begun = Date.now();
    // A busy machine decodes fewer frames: until more were dropped than sent.
    while (ages.length < 14 || !(last && last.dropped > last.sent)) {
      if (ages.length === 4) memory = process.memoryUsage.rss();
      const frame = await source.take();
      ages.push(Date.now() - frame!.timestamp);
      await delay(300);
    }
    const elapsed = Date.now() - begun;
    const grown = (process.memoryUsage.rss() - memory) / 1e6;
    await source.close();
    const { received, sent, dropped } = last;
    assert.equal(sent, ages.length + 1);
    assert.ok(received - sent - dropped <= 1, 'all counted but one that may lie ready');
    assert.ok(dropped > sent, `${dropped} dropped`);
    // In a queue most would be older than half of the time that all of it took.
    const typical = ages.toSorted((a, b) => a - b)[ages.length >> 1]!;
    assert.ok(typical < elapsed / 4, `after ${elapsed} ms frames were ${ages.join(', ')} ms old`);
    // What the rest of the process does is in it too; the frames that were dropped would be far more if they were kept.
    const droppedMb = (dropped * 1920 * 1080 * 3) / 1e6;
    assert.ok(grown < droppedMb / 2, `${grown} MB more, with ${droppedMb} MB dropped`);
  });

  it('holds frames of a paused camera back and goes on with a fresh one', async () => {
    const server = await camera();
    const source = open({ url: server.url });
    await source.start();
    await source.take();
    source.pause();
    const held = source.take();
    const paused = Date.now();
    await delay(300);
    source.resume();
    const frame = await held;
    assert.ok(frame!.timestamp > paused, 'not the frame from before the pause');
    assert.equal(source.state.state, 'connected');
  });

  it('waits in vain for the picture of a camera that is not there, and says why', async () => {
    const source = open({ url: 'http://127.0.0.1:1/' }, { connectWithinMs: 4000 });
    await assert.rejects(source.snapshot(), {
      code: 'SOURCE_UNAVAILABLE',
      // On a busy machine the decoder may not even have started by then.
      message:
        /^The source http:\/\/127\.0\.0\.1:1\/ cannot be read: (?:Connection refused|no picture for 4 s)$/,
    });
    assert.equal(source.state.state, 'stopped');
  });

  describe('from services', () => {
    before(function () {
      needs(this, 'ffmpeg', ffmpegServerMissing());
    });

    for (const [protocol, start] of Object.entries({ RTMP: startRtmp, HLS: startHls })) {
      it(`reads ${protocol}, whoever decodes`, async function () {
        for (const decoderPath of await decodersFor(this)) {
          const server = await start();
          servers.push(server);
          const source = open({ url: server.url }, { decoderPath });
          await source.start();
          const first = await source.take();
          assert.deepEqual([first?.width, first?.height, first?.source], [320, 240, server.url], decoderPath);
          // The test picture counts seconds.
          await takeUntil(source, ({ data }) => Buffer.compare(data, first!.data) !== 0);
        }
      });
    }
  });

  describe('over RTSP', () => {
    before(function () {
      needs(this, 'rtsp-server', rtspServerMissing());
    });

    async function rtsp(options: Parameters<typeof RtspServer.start>[0] = {}): Promise<RtspServer> {
      const server = await RtspServer.start(options);
      servers.push(server);
      return server;
    }

    for (const decoderPath of DECODERS) {
      it(`reads H.264 with a password, and reads on after the server was killed (${decoderPath})`, async function () {
        await needsDecoder(this, decoderPath);
        const login = { user: 'admin', password: PASSWORD };
        const auth = decoderPath === 'ffmpeg' ? 'digest' : 'basic';
        const server = await rtsp({ auth, ...login });
        const source = open({ url: server.url, ...login }, { decoderPath });
        await source.start();
        const first = await source.take();
        assert.deepEqual([first?.width, first?.height, first?.source], [320, 240, server.url]);
        const lost = nextState(source, 'lost');
        await server.stop();
        await lost;
        const connected = nextState(source, 'connected');
        await rtsp({ port: server.port, auth, ...login });
        await connected;
        await takeUntil(source, ({ sequence }) => sequence > first!.sequence);
        assertUnsaid(said, PASSWORD);
      });
    }

    it('reads over TLS', async function () {
      needs(this, 'openssl', tlsFrontMissing());
      const { port } = await rtsp({ auth: 'basic', user: 'admin', password: PASSWORD });
      const front = await startTlsFront(port);
      servers.push(front);
      for (const decoderPath of await decodersFor(this)) {
        const url = `rtsps://127.0.0.1:${front.port}/camera`;
        const source = open({ url, user: 'admin', password: PASSWORD }, { decoderPath });
        await source.start();
        assert.equal((await source.take())?.width, 320, decoderPath);
      }
      assertUnsaid(said, PASSWORD);
    });

    it('reads over UDP', async () => {
      const server = await rtsp();
      const source = open({ url: server.url, transport: 'udp' });
      await source.start();
      assert.equal((await source.take())?.width, 320);
    });

    it('connects again to a server that hangs', async () => {
      const server = await rtsp();
      const source = open({ url: server.url }, { stallAfterMs: 500, connectWithinMs: 5000 });
      await source.start();
      await source.take();
      const lost = nextState(source, 'lost');
      server.freeze();
      assert.equal((await lost).reason, 'no picture for 0.5 s');
    });
  });
});

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

function assertUnsaid(texts: readonly string[], secret: string): void {
  const everything = texts.join('\n');
  for (const form of [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(`admin:${secret}`).toString('base64'),
    // Any part of it that no other text contains.
    'rd%27',
    "rd'",
  ]) {
    assert.ok(!everything.includes(form), `"${form}" was shown:\n${everything}`);
  }
}
