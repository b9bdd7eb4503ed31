/** What a video source costs in the long run: a flow far too slow for its camera, and deploy after deploy. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import RED from 'node-red';
import type { Frame } from '../../lib/image/frame';
import { childrenOf, numberedJpeg } from '../lib/video/support';
import { MjpegServer } from '../servers/mjpeg-server';
import { startServer, stopFlow, stopServer } from '../support/flow';
import { LiveResources } from '../support/live-resources';
import { playVideo, until } from '../support/video-flow';

const RATE = 30;
const SIZE = { width: 640, height: 360 };
const SLOW_MS = 500;
const SLOW_FOR_S = 60;
/** Until everything is loaded and each thread has its memory, s. */
const WARM_UP_S = 10;
const DEPLOYS = 50;
const MIB = 2 ** 20;

describe('nodes: face-video-source, in the long run', () => {
  let camera: MjpegServer;
  const source = { kind: 'stream', start: 'deploy', statisticsEvery: '1' };

  before(async () => {
    await startServer();
    const picture = await numberedJpeg(1, SIZE.width, SIZE.height);
    camera = await MjpegServer.start({ framesPerSecond: RATE, picture: () => picture });
  });
  after(async () => {
    await stopServer();
    await camera.stop();
  });
  afterEach(stopFlow);

  it(`lets a flow that takes ${SLOW_MS} ms a frame have the newest one for ${SLOW_FOR_S} s, with flat memory`, async function () {
    this.timeout(180_000);
    const arrivals: number[] = [];
    const waits: number[] = [];
    const { heard } = await playVideo(source, {
      takesMs: SLOW_MS,
      credentials: { address: camera.url },
      onFrame: (message) => {
        arrivals.push(Date.now());
        waits.push(Date.now() - (message['frame'] as Frame).timestamp);
      },
    });
    await until(() => arrivals.length > 2);
    const memory: number[] = [];
    for (let second = 0; second < SLOW_FOR_S; second++) {
      await delay(1000);
      memory.push(residentBytes());
    }

    const { received, sent, dropped } = heard.statistics.at(-1) as Record<
      'received' | 'sent' | 'dropped',
      number
    >;
    const counts = JSON.stringify(heard.statistics.at(-1));
    // Every frame was sent, dropped, or is the one that waits.
    assert.ok(received - sent - dropped <= 1, counts);
    assert.ok(dropped > 5 * sent, counts);
    assert.match(heard.statuses.at(-1)!.text, /dropped|dropping/);

    const period = (arrivals.at(-1)! - arrivals[0]!) / (arrivals.length - 1);
    // What follows the flow's last node, such as an event, comes SLOW_MS after the frame arrives.
    const latency = Math.max(...waits) + SLOW_MS;
    assert.ok(latency < 2 * period, `${latency} ms from decoding, at one frame in ${period.toFixed(0)} ms`);

    // A queue would hold 14 more frames of 0.7 MB with each second: half a gigabyte in the end.
    const grown = Math.max(...memory.slice(-WARM_UP_S)) - Math.max(...memory.slice(0, WARM_UP_S));
    assert.ok(grown < 48 * MIB, `${(grown / MIB).toFixed(1)} MiB more`);
  });

  it(`leaves no process, thread, socket or timer after ${DEPLOYS} deploys, and memory where it was`, async function () {
    this.timeout(600_000);
    const deploy = async (playsMs: number, changes: object = {}): Promise<void> => {
      await playVideo({ ...source, ...changes }, { takesMs: 20, credentials: { address: camera.url } });
      await delay(playsMs);
      await stopFlow();
    };
    // Every fifth with an engine's thread, too, which makes the JPEGs.
    const engine = { output: 'both', runtime: 'runtime' };
    await deploy(2000, engine);
    const memory = process.memoryUsage.rss();
    const listeners = listenerCounts();
    const resources = new LiveResources();
    resources.watch();
    try {
      // A deploy may come at any moment of connecting and playing.
      for (let n = 0; n < DEPLOYS; n++) await deploy((n * 37) % 400, n % 5 === 0 ? engine : {});
      for (let tries = 0; resources.alive.length > 0 && tries < 100; tries++) {
        await delay(50);
        // Out of the timer's own turn, in which it still counts as one.
        await nextTurn();
      }
      assert.deepEqual(resources.alive, []);
    } finally {
      resources.stop();
    }
    assert.deepEqual(childrenOf(process.pid), []);
    assert.deepEqual(listenerCounts(), listeners);
    const grown = (process.memoryUsage.rss() - memory) / MIB;
    assert.ok(grown < 50, `${grown.toFixed(1)} MiB more`);
  });
});

/** Of this process with all its threads and, where the system tells, its decoder. */
function residentBytes(): number {
  const own = process.memoryUsage.rss();
  if (process.platform !== 'linux') return own;
  const kibibytes = childrenOf(process.pid).map((pid) =>
    Number(/^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0),
  );
  return own + 1024 * kibibytes.reduce((sum, size) => sum + size, 0);
}

/** What the node may have left with others. */
function listenerCounts(): Record<string, number | boolean> {
  return {
    exit: process.listenerCount('exit'),
    deployed: RED.events.listenerCount('flows:started'),
    deliveries: RED.hooks.has('preDeliver.arcflow-first'),
    completions: RED.hooks.has('onComplete.arcflow-first'),
  };
}
