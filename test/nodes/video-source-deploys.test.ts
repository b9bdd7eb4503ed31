/** What a video source leaves behind, deploy after deploy: every handle and listener, which only the same process sees. */
import assert from 'node:assert/strict';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import RED from 'node-red';
import { childrenOf, numberedJpeg } from '../lib/video/support';
import { MjpegServer } from '../servers/mjpeg-server';
import { startServer, stopFlow, stopServer } from '../support/flow';
import { LiveResources } from '../support/live-resources';
import { playVideo } from '../support/video-flow';

const RATE = 30;
const SIZE = { width: 640, height: 360 };
const DEPLOYS = 50;

describe('nodes: face-video-source, deployed again and again', () => {
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

  it(`leaves no process, thread, socket, timer or listener after ${DEPLOYS} deploys`, async function () {
    this.timeout(600_000);
    const deploy = async (playsMs: number, changes: object = {}): Promise<void> => {
      await playVideo({ ...source, ...changes }, { takesMs: 20, credentials: { address: camera.url } });
      await delay(playsMs);
      await stopFlow();
    };
    // Every fifth with an engine's thread, too, which makes the JPEGs.
    const engine = { output: 'both', runtime: 'runtime' };
    await deploy(2000, engine);
    const listeners = listenerCounts();
    const resources = new LiveResources();
    resources.watch();
    try {
      // A deploy may come at any moment of connecting and playing.
      for (let n = 0; n < DEPLOYS; n++) await deploy((n * 37) % 400, n % 5 === 0 ? engine : {});
      for (let tries = 0; resources.alive.length > 0 && tries < 1200; tries++) {
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
  });
});

/** What the node may have left with others. */
function listenerCounts(): Record<string, number | boolean> {
  return {
    exit: process.listenerCount('exit'),
    deployed: RED.events.listenerCount('flows:started'),
    deliveries: RED.hooks.has('preDeliver.arcflow-first'),
    completions: RED.hooks.has('onComplete.arcflow-first'),
  };
}
