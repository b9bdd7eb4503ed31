/** Minutes of a clip through all nodes, people from a folder, and a deploy now and then. */
import { setTimeout as sleep } from 'node:timers/promises';
import { oneAtRandom } from '../shared/random';
import { prepareMaterial } from './parts/clip';
import { describeTrend, growthIn, trendsOf } from './parts/flatness';
import { changed, GATES, wholeFlow } from './parts/flow';
import { DEPLOY_TYPES } from './parts/node-red';
import { CLIP_OPTION } from './parts/options';
import { describeCrash, Supervised, waysOf } from './parts/supervised';
import type { Trial } from './trial';

const MINUTE_MS = 60_000;
/** A deploy in each so many minutes. */
const DEPLOY_EVERY = 3;
/** A flow that has played for a while before the first minute has all that it will have. */
const LONGEST_WARM_UP_MS = 60_000;
const POLL_MS = 200;
/** What a deploy refuses is told as an error, too. */
const REFUSED_BY_DEPLOY = 'ENGINE_CLOSED';

export const soak: Trial = {
  name: 'soak',
  help: 'play a clip through all nodes for some minutes, with a deploy now and then',
  counts: { what: 'minutes', usual: 5, most: 100_000 },
  options: [CLIP_OPTION],
  async run(args, { workplace, count, random, step, say }) {
    const flow = wholeFlow(await prepareMaterial(workplace, args.optional('clip')));
    const errors = new Map<string, number>();
    let refused = 0;
    const supervised = new Supervised(workplace, {
      flows: flow,
      onArrival: ({ gate, error }) => {
        if (gate !== GATES.errors) return;
        if (error?.code === REFUSED_BY_DEPLOY) refused++;
        else {
          const what = error?.message ?? 'an error without a sentence';
          errors.set(what, (errors.get(what) ?? 0) + 1);
        }
      },
    });
    const frames = (): number => supervised.countOf(GATES.frames);
    const still: string[] = [];
    const play = async (ms: number, during: string): Promise<void> => {
      const end = Date.now() + ms;
      while (Date.now() < end) {
        await sleep(Math.min(POLL_MS, Math.max(1, end - Date.now())));
        if (supervised.noteDeath(during)) await supervised.running();
      }
    };

    await supervised.running();
    const coldUntil = Date.now() + LONGEST_WARM_UP_MS;
    while (!supervised.warm && Date.now() < coldUntil) await play(POLL_MS, 'warming up');
    for (let minute = 1; minute < count + 1; minute++) {
      const seen = frames();
      const began = Date.now();
      if (minute % DEPLOY_EVERY === 0) {
        const type = oneAtRandom(random, DEPLOY_TYPES);
        await supervised.deploy(
          changed(flow, random, minute),
          type,
          `a deploy (${type}) in minute ${minute}`,
        );
      }
      // The last one may be a part.
      const lasts = MINUTE_MS * Math.min(1, count - minute + 1);
      await play(began + lasts - Date.now(), `minute ${minute}`);
      if (frames() === seen) still.push(`No frame in minute ${minute}`);
      await supervised.takeReadings();
      const { descriptors, threads, rssMb } = supervised.readings.at(-1) ?? {};
      say(
        `minute ${minute}: ${frames() - seen} frames, ${String(descriptors)} descriptors, ${String(threads)} threads, ${String(rssMb)} MiB`,
      );
      step();
    }
    const playing = trendsOf(supervised.readings);
    const stopped = await supervised.stop(`SIGTERM after ${count} minutes`);
    const { crashes, faults } = supervised;
    const errorCount = [...errors.values()].reduce((sum, times) => sum + times, 0);
    return {
      result: {
        minutes: count,
        frames: frames(),
        events: supervised.countOf(GATES.events),
        enrolled: supervised.countOf(GATES.enrolled),
        errors: errorCount,
        crashes: crashes.length,
        ...playing,
        refusedByDeploys: refused,
        stopsOk: stopped === true ? 1 : 0,
        crashedWith: waysOf(crashes),
        readings: supervised.readings,
      },
      summary: [
        { label: 'minutes', value: String(count) },
        { label: 'frames', value: `${frames()}, ${supervised.countOf(GATES.events)} events` },
        { label: 'enrolments', value: String(supervised.countOf(GATES.enrolled)) },
        { label: 'errors', value: `${errorCount}, and ${refused} refused by deploys` },
        { label: 'Node-RED died', value: String(crashes.length) },
        { label: 'descriptors', value: describeTrend(playing.descriptors) },
        { label: 'threads', value: describeTrend(playing.threads) },
        { label: 'memory, MiB', value: describeTrend(playing.rssMb) },
      ],
      broken: [
        ...crashes.map(describeCrash),
        ...faults,
        ...still,
        ...[...errors].map(([what, times]) => `${times} times: ${what}`),
        ...growthIn(playing),
      ],
    };
  },
};
