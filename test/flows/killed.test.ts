/** A Node-RED that dies without warning takes its decoders along. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { childrenOf, isRunning, needsSetpriv, numberedJpeg } from '../lib/video/support';
import { MjpegServer } from '../servers/mjpeg-server';
import { ensureBuilt } from '../support/built';
import { startNodeRed, type NodeRed } from '../support/node-red';
import { needsLinux } from '../support/needs';

const START_MS = 600_000;
const TAB = { id: 'tab', type: 'tab', label: 'Camera' };
const CAMERA = {
  id: 'camera',
  type: 'face-video-source',
  z: 'tab',
  x: 100,
  y: 100,
  kind: 'stream',
  start: 'deploy',
  wires: [['used'], []],
};
const USED = { id: 'used', type: 'debug', z: 'tab', x: 300, y: 100, active: false, wires: [] };

async function until(holds: () => boolean, what: string): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    assert.ok(tries < 600, what);
    await delay(100);
  }
}

describe('Node-RED that is killed', function () {
  this.timeout(START_MS);
  let camera: MjpegServer;
  let nodeRed: NodeRed | undefined;

  before(async function () {
    needsLinux(this);
    await needsSetpriv(this);
    ensureBuilt();
    const jpeg = await numberedJpeg(1);
    camera = await MjpegServer.start({ framesPerSecond: 30, picture: () => jpeg });
  });
  after(async () => {
    await nodeRed?.stop();
    await camera.stop();
  });

  it('leaves no decoder behind, not even one that waits for a silent camera', async () => {
    nodeRed = await startNodeRed([TAB, CAMERA, USED], { camera: { address: camera.url } });
    const { pid } = nodeRed;
    await until(() => childrenOf(pid).length === 1 && camera.watched, 'no decoder came');
    // A decoder that writes would notice that nobody reads; this one waits for its camera.
    camera.stalled = true;
    const decoders = childrenOf(pid);
    await nodeRed.kill();
    nodeRed = undefined;
    await until(() => !decoders.some(isRunning), 'the decoder outlived Node-RED');
    await until(() => !camera.watched, 'the camera is still watched');
  });
});
