/**
 * What a video source costs in the long run in a flow far too slow for its camera. In a Node-RED of its own, since the
 * test harness keeps every message that a node was given, frames and all. Deploys are a trial of `npm run endure`.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { childrenOf, numberedJpeg } from '../lib/video/support';
import { MjpegServer } from '../servers/mjpeg-server';
import { ensureBuilt } from '../support/built';
import { startNodeRed, type NodeRed } from '../support/node-red';
import { needsLinux } from '../support/needs';

const START_MS = 600_000;
const RATE = 30;
const SIZE = { width: 640, height: 360 };
const SLOW_MS = 500;
const SLOW_FOR_S = 40;
/** Until everything is loaded and each thread has its memory, s. */
const WARM_UP_S = 10;
const MIB = 2 ** 20;

const PLACE = { z: 'tab', x: 100, y: 100 };

/** A camera's flow that takes so long for each frame, and prints what its nodes hear. */
function cameraFlow(takesMs: number, changes: object = {}): object[] {
  const camera = { ...PLACE, id: 'camera', type: 'face-video-source', kind: 'stream', start: 'deploy' };
  return [
    { id: 'tab', type: 'tab', label: 'Camera' },
    { ...camera, statisticsEvery: '1', wires: [['frame'], ['state']], ...changes },
    printer('frame', '{ at: Date.now(), waitedMs: Date.now() - msg.frame.timestamp }', takesMs),
    printer('state', 'msg.payload'),
    { ...PLACE, id: 'statuses', type: 'status', scope: ['camera'], wires: [['status']] },
    printer('status', 'msg.status'),
  ];
}

/** A node that prints the value of an expression for each message, and is done with it some time later. */
function printer(id: string, value: string, takesMs = 0): object {
  const func = `node.log(JSON.stringify(${value})); setTimeout(() => node.done(), ${takesMs});`;
  return { ...PLACE, id, type: 'function', func, outputs: 0, wires: [] };
}

/** What a printer has printed. */
function printed<T>(nodeRed: NodeRed, id: string): T[] {
  const lines = nodeRed.log().matchAll(new RegExp(`\\[function:${id}\\] (\\{.*\\})$`, 'gm'));
  return [...lines].map(([, json]) => JSON.parse(json!) as T);
}

describe('a camera in the long run', function () {
  this.timeout(START_MS);
  let camera: MjpegServer;
  let nodeRed: NodeRed;

  before(async function () {
    const picture = await numberedJpeg(1, SIZE.width, SIZE.height);
    camera = await MjpegServer.start({ framesPerSecond: RATE, picture: () => picture });
    needsLinux(this);
    ensureBuilt();
  });
  after(() => camera.stop());
  beforeEach(async () => {
    nodeRed = await startNodeRed(cameraFlow(SLOW_MS), { camera: { address: camera.url } });
  });
  afterEach(() => nodeRed.stop());

  it(`lets a flow that takes ${SLOW_MS} ms a frame have the newest one for ${SLOW_FOR_S} s, with flat memory`, async () => {
    const memory: number[] = [];
    for (let second = 0; second < SLOW_FOR_S; second++) {
      await delay(1000);
      memory.push(residentBytes(nodeRed.pid));
    }

    const { statistics } = printed<{ statistics?: Record<'received' | 'sent' | 'dropped', number> }>(
      nodeRed,
      'state',
    ).at(-1)!;
    const counts = JSON.stringify(statistics);
    assert.ok(statistics, nodeRed.log());
    const { received, sent, dropped } = statistics;
    // Every frame was sent, dropped, or is the one that waits.
    assert.ok(received - sent - dropped <= 1, counts);
    assert.ok(dropped > 2 * sent, counts);
    assert.match(printed<{ text: string }>(nodeRed, 'status').at(-1)!.text, /dropped/);

    const frames = printed<{ at: number; waitedMs: number }>(nodeRed, 'frame');
    const elapsed = frames.at(-1)!.at - frames[0]!.at;
    // Some may meet a moment in which the machine does something else; in a queue half would wait for half of the time.
    const waits = frames.map(({ waitedMs }) => waitedMs).sort((a, b) => a - b);
    const typical = waits[waits.length >> 1]!;
    assert.ok(typical < elapsed / 10, `${typical} ms old, after ${elapsed} ms`);

    // A queue would hold 28 more frames of 0.7 MB with each second, and holding what was sent two.
    const grown = Math.max(...memory.slice(-WARM_UP_S)) - Math.max(...memory.slice(0, WARM_UP_S));
    assert.ok(grown < 128 * MIB, `${(grown / MIB).toFixed(1)} MiB more`);
  });
});

/** Of a process with all its threads and its decoder. */
function residentBytes(pid: number): number {
  const kibibytes = [pid, ...childrenOf(pid)].map((id) =>
    Number(/^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0),
  );
  return 1024 * kibibytes.reduce((sum, size) => sum + size, 0);
}
