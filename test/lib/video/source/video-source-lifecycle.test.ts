import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import {
  VideoSource,
  type VideoSourceOptions,
  type VideoState,
} from '../../../../lib/video/source/video-source';
import { MjpegServer } from '../../../servers/mjpeg-server';
import { PROJECT } from '../../../support/images';
import { needsLinux } from '../../../support/needs';
import {
  childrenOf,
  isRunning,
  needsSetpriv,
  nextState,
  numberedJpeg,
  testFolder,
  writeClip,
} from '../support';

const NOWHERE = 'http://127.0.0.1:1/video.mjpg';

/** Waits for what the system does in its own time. */
async function eventually(holds: () => boolean, what: string): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    assert.ok(tries < 2400, what);
    await delay(50);
    // Out of the timer's own turn, in which it still counts as one.
    await nextTurn();
  }
}

describe('VideoSource, from start to close', () => {
  const folder = testFolder();
  const clip = join(folder.path, 'numbered.mjpeg');
  let server: MjpegServer;
  let camera: VideoSourceOptions;

  before(async function () {
    needsLinux(this);
    await writeClip(clip, 25);
    const jpeg = await numberedJpeg(1);
    server = await MjpegServer.start({ framesPerSecond: 30, picture: () => jpeg });
    camera = { input: { kind: 'stream', url: server.url }, firstRetryMs: 50, longestRetryMs: 100 };
    // The first one loads what stays loaded.
    await new VideoSource(camera).snapshot();
  });
  after(async () => {
    await server.stop();
    folder.remove();
  });

  /** Sockets of the server come and go by themselves. */
  const resources = (): string =>
    process
      .getActiveResourcesInfo()
      .filter((kind) => !/^(?:Immediate|TCP|TickObject)/.test(kind))
      .sort()
      .join();

  /** Mocha starts its own timer after the test's first turn. */
  async function resourcesBefore(): Promise<string> {
    await nextTurn();
    return resources();
  }

  const situations: Record<string, (open: (options: VideoSourceOptions) => VideoSource) => Promise<void>> = {
    'it was never started': (open) => Promise.resolve(void open(camera)),
    'it is about to start': (open) => Promise.resolve(void open(camera).start()),
    'it connects': (open) => open(camera).start(),
    'it plays': async (open) => {
      const source = open(camera);
      await source.start();
      await source.take();
    },
    'it plays and somebody waits': async (open) => {
      const source = open(camera);
      await source.start();
      await source.take();
      void source.take();
    },
    'it is paused': async (open) => {
      const source = open({ input: { kind: 'file', path: clip, loop: true } });
      await source.start();
      await source.take();
      source.pause();
    },
    'nobody takes its frames': async (open) => {
      const source = open({ input: { kind: 'file', path: clip, pace: 'flow' } });
      const connected = nextState(source, 'connected');
      await source.start();
      await connected;
    },
    'it waits for its next attempt': async (open) => {
      const source = open({
        input: { kind: 'stream', url: NOWHERE },
        firstRetryMs: 60_000,
        longestRetryMs: 60_000,
      });
      const lost = nextState(source, 'lost');
      await source.start();
      await lost;
    },
    'it plays pictures': async (open) => {
      const pictures = join(PROJECT, 'node_modules/@vladmandic/face-api/demo');
      const source = open({ input: { kind: 'pictures', folder: pictures, framesPerSecond: 1, loop: true } });
      await source.start();
      await source.take();
    },
    'its decoder does not listen': async (open) => {
      const source = open(camera);
      await source.start();
      await source.take();
      for (const pid of childrenOf(process.pid)) process.kill(pid, 'SIGSTOP');
    },
  };
  for (const [situation, enter] of Object.entries(situations)) {
    it(`leaves no process, thread or timer when it is closed while ${situation}`, async () => {
      const before = await resourcesBefore();
      const opened: VideoSource[] = [];
      await enter((options) => {
        const source = new VideoSource(options);
        opened.push(source);
        return source;
      });
      const [source] = opened;
      const waiting = source!.take();
      await source!.close();
      assert.equal(await waiting, undefined);
      assert.deepEqual(childrenOf(process.pid), []);
      await eventually(() => resources() === before, `${resources()} instead of ${before}`);
      await assert.rejects(source!.start(), { code: 'SOURCE_UNAVAILABLE' });
    });
  }

  it('leaves nothing behind when a file ends', async () => {
    const before = await resourcesBefore();
    const source = new VideoSource({ input: { kind: 'file', path: clip, pace: 'flow' } });
    const ended = nextState(source, 'ended');
    await source.start();
    while (await source.take());
    await ended;
    assert.deepEqual(childrenOf(process.pid), []);
    await eventually(() => resources() === before, `${resources()} instead of ${before}`);
  });

  it('starts and stops in any order, and does what was asked last', async () => {
    const source = new VideoSource(camera);
    const states: VideoState['state'][] = [];
    source.on('state', ({ state }) => states.push(state));
    void source.start();
    void source.stop();
    void source.start();
    void source.start();
    await source.stop();
    assert.deepEqual(childrenOf(process.pid), []);
    assert.equal(source.state.state, 'stopped');
    await source.start();
    assert.ok(await source.take());
    await source.close();
    assert.deepEqual(childrenOf(process.pid), []);
    assert.equal(states.at(-1), 'stopped');
  });

  it('replaces a decoder that was killed', async () => {
    const source = new VideoSource(camera);
    await source.start();
    const before = await source.take();
    const lost = nextState(source, 'lost');
    for (const pid of childrenOf(process.pid)) process.kill(pid, 'SIGKILL');
    await lost;
    await nextState(source, 'connected');
    const after = await source.take();
    assert.ok(after!.sequence >= before!.sequence);
    await source.close();
  });

  it('takes its decoder along when the whole process is killed', async function () {
    await needsSetpriv(this);
    server.stalled = false;
    const script = join(__dirname, 'play-until-killed.ts');
    const player = spawn(process.execPath, ['--require', 'ts-node/register', script, server.url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface({ input: player.stdout })) if (line === 'playing') break;
    const decoders = childrenOf(player.pid!);
    assert.equal(decoders.length, 1);
    // A decoder that writes would notice; this one waits for its camera.
    server.stalled = true;
    const exit = once(player, 'exit');
    player.kill('SIGKILL');
    await exit;
    await eventually(() => !decoders.some(isRunning), 'the decoder outlived its parent');
    server.stalled = false;
  });
});
