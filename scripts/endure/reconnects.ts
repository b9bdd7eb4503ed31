/** Cameras that fail again and again in all the ways in which cameras fail: their pictures come back each time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, integerBetween, oneAtRandom } from '../shared/random';
import { BadCamera, FAULTS, type Fault } from './parts/bad-camera';
import { clipPictures } from './parts/clip';
import { describeTrend, growthIn, trendsOf } from './parts/flatness';
import { node } from './parts/flow';
import { describeCrash, Supervised, waysOf } from './parts/supervised';
import type { Trial } from './trial';

/** Side by side: most of the time is spent waiting. */
const CAMERAS = 4;
const FAULT_MS = { least: 200, most: 2500 };
/** A source waits longer the more often it fails. */
const RECOVERED_MS = 60_000;
const FRAMES_AGAIN = 3;
const POLL_MS = 50;
const READINGS = 8;
/** Seconds without a picture after which a source takes a camera for lost. */
const STALL_AFTER_S = '2';

export const reconnects: Trial = {
  name: 'reconnects',
  help: 'let cameras drop, refuse, stall and send rubbish, and wait for their pictures to come back',
  counts: { what: 'failures of a camera', usual: 20, most: 100_000 },
  options: [],
  async run(_args, { workplace, count, seed, step }) {
    const pictures = await clipPictures();
    const cameras = await Promise.all(Array.from({ length: CAMERAS }, () => BadCamera.start(pictures)));
    const supervised = new Supervised(workplace, {
      flows: flowOf(),
      credentials: Object.fromEntries(cameras.map(({ url }, n) => [`camera-${n}`, { address: url }])),
      onArrival: ({ gate, state }) => {
        if (gate.startsWith('state-') && state === 'lost') lost++;
      },
    });
    const frames = (n: number): number => supervised.countOf(`frames-${n}`);
    const kinds = Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as Record<Fault, number>;
    const waits: number[] = [];
    const missing: string[] = [];
    let lost = 0;
    let begun = 0;
    let recovered = 0;

    const playing = async (n: number): Promise<boolean> => {
      const seen = frames(n);
      const deadline = Date.now() + RECOVERED_MS;
      while (frames(n) < seen + FRAMES_AGAIN && Date.now() < deadline) {
        await sleep(POLL_MS);
        if (supervised.noteDeath(`camera ${n} came back`)) await supervised.running();
      }
      return frames(n) >= seen + FRAMES_AGAIN;
    };
    const torment = async (camera: BadCamera, n: number, until: number): Promise<void> => {
      const random = createRandom(seed * 1000 + n + until * CAMERAS);
      while (begun < until) {
        const number = ++begun;
        const fault = oneAtRandom(random, FAULTS);
        kinds[fault]++;
        await camera.fail(fault);
        await sleep(integerBetween(random, FAULT_MS.least, FAULT_MS.most));
        await camera.recover();
        const began = performance.now();
        if (await playing(n)) recovered++;
        else missing.push(`No pictures ${RECOVERED_MS / 1000} s after failure ${number}: a camera ${fault}`);
        waits.push(performance.now() - began);
        step();
      }
    };

    try {
      await supervised.running();
      for (const [n] of cameras.entries())
        if (!(await playing(n)))
          throw new Error(`The camera ${n} never played:\n${(await supervised.running()).lastLines()}`);
      await supervised.takeReadings();
      // All cameras play at a reading, so that readings compare.
      for (let reading = 1; reading <= READINGS; reading++) {
        const until = Math.round((count * reading) / READINGS);
        await Promise.all(cameras.map((camera, n) => torment(camera, n, until)));
        await supervised.takeReadings();
      }
    } finally {
      await Promise.all(cameras.map((camera) => camera.stop()));
    }
    const stopped = await supervised.stop('SIGTERM after the last failure');
    const trends = trendsOf(supervised.readings);
    const { crashes } = supervised;
    const longestMs = Math.round(Math.max(...waits));
    return {
      result: {
        reconnects: count,
        recovered,
        crashes: crashes.length,
        ...trends,
        lost,
        longestMs,
        stopsOk: stopped === true ? 1 : 0,
        crashedWith: waysOf(crashes),
        kinds,
      },
      summary: [
        { label: 'failures', value: FAULTS.map((fault) => `${kinds[fault]} ${fault}`).join(', ') },
        { label: 'pictures came back', value: `${recovered} of ${count}, after at most ${longestMs} ms` },
        { label: 'seen as lost', value: String(lost) },
        { label: 'Node-RED died', value: String(crashes.length) },
        { label: 'descriptors', value: describeTrend(trends.descriptors) },
        { label: 'threads', value: describeTrend(trends.threads) },
        { label: 'memory, MiB', value: describeTrend(trends.rssMb) },
      ],
      broken: [...crashes.map(describeCrash), ...supervised.faults, ...missing, ...growthIn(trends)],
    };
  },
};

function flowOf(): object[] {
  return [
    { id: 'tab', type: 'tab', label: 'Cameras' },
    ...Array.from({ length: CAMERAS }, (_, n) => [
      node(`camera-${n}`, 'face-video-source', [[`frames-${n}`], [`state-${n}`]], {
        kind: 'stream',
        start: 'deploy',
        stallAfter: STALL_AFTER_S,
      }),
      node(`frames-${n}`, 'endure-gate', [[]]),
      node(`state-${n}`, 'endure-gate', [[]]),
    ]).flat(),
  ];
}
