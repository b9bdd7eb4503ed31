/**
 * A camera of this machine: the Linux kernel's virtual one (vivid), a real Video4Linux device with a moving test picture.
 * test/virtual-camera/run.sh, which .ci/run calls, starts a virtual machine that has one; `sudo modprobe vivid` does too.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Frame } from '../../lib/image/frame';
import { childrenOf, decodersFor } from '../lib/video/support';
import { startServer, stopFlow, stopServer } from '../support/flow';
import { needs } from '../support/needs';
import { playVideo, until, type Heard } from '../support/video-flow';

const DRIVER = '/sys/bus/platform/drivers/vivid';
const SECONDS = 120; // The virtual machine is emulated, and slow.

/** The capture device of the virtual camera: its node, and the name by which its driver knows it. */
function virtualCamera(): { readonly device: string; readonly name: string } | undefined {
  const name = existsSync(DRIVER) && readdirSync(DRIVER).find((entry) => entry.startsWith('vivid.'));
  if (!name) return undefined;
  // It has outputs, radios and more besides.
  const devices = `${DRIVER}/${name}/video4linux`;
  const isCapture = (node: string): boolean =>
    readFileSync(`${devices}/${node}/name`, 'utf8').includes('vid-cap');
  const node = readdirSync(devices).find(isCapture);
  return node === undefined ? undefined : { device: `/dev/${node}`, name };
}

const camera = virtualCamera();

describe('nodes: face-video-source, a camera', function () {
  this.timeout(SECONDS * 1000);
  const { device, name } = camera ?? { device: '', name: '' };
  let decoders: readonly string[];

  before(async function () {
    needs(this, 'camera', camera ? undefined : 'this machine has no virtual camera, see test/virtual-camera');
    decoders = await decodersFor(this);
    await startServer();
  });
  after(stopServer);
  afterEach(stopFlow);

  const within = (condition: () => boolean): Promise<void> => until(condition, SECONDS * 1000);
  const play = (changes: object = {}) =>
    playVideo({ kind: 'camera', device, start: 'deploy', stallAfter: 60, ...changes });
  const statesOf = ({ states }: Heard): unknown[] => states.map(({ state }) => state);
  const framesOf = ({ frames }: Heard): Frame[] => frames.map((message) => message['frame'] as Frame);

  it('sends frames of the size that it was asked for, scaled where wanted, with what the camera shows', async () => {
    for (const decoder of decoders) {
      const { heard } = await play({ decoder, cameraSize: '640x360', cameraFormat: 'yuyv422', width: 320 });
      await within(() => heard.frames.length > 5);
      const [first, ...others] = framesOf(heard);
      assert.deepEqual([decoder, first!.width, first!.height], [decoder, 320, 180]);
      const connected = heard.states.find(({ state }) => state === 'connected');
      assert.deepEqual([connected?.['width'], connected?.['height']], [320, 180]);
      // Bars of all colours, over which a line of text runs.
      const colours = new Set(first!.data.map((value) => value >> 6));
      assert.equal(colours.size, 4, 'from dark to bright');
      assert.ok(
        others.some(({ data }) => Buffer.compare(data, first!.data) !== 0),
        'it moves',
      );
      await stopFlow();
      assert.deepEqual(childrenOf(process.pid), []);
    }
  });

  it('goes on when the camera is unplugged and plugged in again', async () => {
    const { heard } = await play({ cameraSize: '320x240' });
    await within(() => heard.frames.length > 0);
    writeFileSync(`${DRIVER}/unbind`, name);
    await within(() => statesOf(heard).includes('lost'));
    const before = heard.frames.length;
    writeFileSync(`${DRIVER}/bind`, name);
    await within(() => heard.frames.length > before + 3);
    assert.equal(heard.states.at(-1)?.['state'], 'connected');
  });

  it('leaves the camera to the next one when the flow stops', async () => {
    for (let deploy = 0; deploy < 2; deploy++) {
      const { heard } = await play({ cameraSize: '320x240' });
      await within(() => heard.frames.length > 0);
      await stopFlow();
    }
  });

  it('says which camera is missing, and what a camera does not offer, and tries again', async () => {
    for (const [changes, reason] of [
      [{ device: '/dev/video77' }, /\/dev\/video77/],
      [{ cameraFormat: 'h264' }, /h264|format|codec|argument/i],
    ] as const) {
      const { heard } = await play(changes);
      await within(() => statesOf(heard).filter((state) => state === 'lost').length > 1);
      assert.match(String(heard.states.find(({ state }) => state === 'lost')?.['reason']), reason);
      assert.equal(heard.frames.length, 0);
      await stopFlow();
    }
  });
});
