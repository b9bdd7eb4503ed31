/** Deploys of all four kinds, at random moments, while models load and while a clip plays through all nodes. */
import { integerBetween, oneAtRandom } from '../shared/random';
import { median } from '../shared/statistics';
import { prepareMaterial } from './parts/clip';
import { CLIP_OPTION } from './parts/options';
import { describeTrend, growthIn, trendsOf } from './parts/flatness';
import { changed, EMPTY_FLOW, GATES, wholeFlow } from './parts/flow';
import { momentOf, waitFor } from './parts/moments';
import { DEPLOY_TYPES, type DeployType } from './parts/node-red';
import { describeCrash, Supervised, waysOf } from './parts/supervised';
import type { Trial } from './trial';

/** So many readings are taken over the whole trial, each with nothing deployed. */
const READINGS = 12;
/** Several deploys in a row, as an impatient person makes them, now and then. */
const BURST_SHARE = 0.1;
const BURST = { least: 2, most: 4, waitMs: 50 };

export const deploys: Trial = {
  name: 'deploys',
  help: 'deploy (full, flows, nodes, reload) at random moments while a clip plays through all nodes',
  counts: { what: 'deploys', usual: 30, most: 100_000 },
  options: [CLIP_OPTION],
  async run(args, { workplace, count, random, step }) {
    const flow = wholeFlow(await prepareMaterial(workplace, args.optional('clip')));
    const supervised = new Supervised(workplace, { flows: flow });
    const frames = (): number => supervised.countOf(GATES.frames);
    const done: Record<DeployType, number> = { full: 0, flows: 0, nodes: 0, reload: 0 };
    const times: number[] = [];
    const every = Math.max(1, Math.floor(count / READINGS));
    let whileLoading = 0;
    let burst = 0;

    await supervised.running();
    for (let n = 1; n <= count; n++) {
      const seen = frames();
      if (burst > 0) {
        burst--;
        await waitFor({ kind: 'any', waitMs: BURST.waitMs }, frames);
      } else {
        await waitFor(momentOf(random), frames);
        if (random() < BURST_SHARE) burst = integerBetween(random, BURST.least, BURST.most);
      }
      if (frames() === seen) whileLoading++;
      const type = oneAtRandom(random, DEPLOY_TYPES);
      const during = `deploy ${n} (${type}), ${frames() - seen} frames after the one before`;
      // It may have died in the meantime.
      if (supervised.noteDeath(`before ${during}`)) await supervised.running();
      const ms = await supervised.deploy(changed(flow, random, n), type, during);
      done[type]++;
      if (ms !== undefined) times.push(ms);
      supervised.noteDeath(during);
      if (supervised.warm && n % every === 0 && burst === 0) {
        await rest(supervised, flow, `the reading after deploy ${n}`);
      }
      step();
    }
    await supervised.running();
    await waitFor({ kind: 'playing', waitMs: 0 }, frames);
    supervised.noteDeath('playing after the last deploy');
    const stopped = await supervised.stop('SIGTERM after the last deploy');

    const trends = trendsOf(supervised.readings);
    const { crashes, faults } = supervised;
    const broken = [
      ...crashes.map(describeCrash),
      ...faults,
      ...growthIn(trends),
      ...(frames() === 0 ? ['No frame came through the flow'] : []),
    ];
    const medianMs = times.length === 0 ? null : median(times);
    const longestMs = times.length === 0 ? null : Math.max(...times);
    return {
      result: {
        deploys: count,
        crashes: crashes.length,
        stopsOk: stopped === true ? 1 : 0,
        ...trends,
        crashedWith: waysOf(crashes),
        faults: faults.length,
        ...done,
        whileLoading,
        frames: frames(),
        events: supervised.countOf(GATES.events),
        medianMs,
        longestMs,
      },
      summary: [
        {
          label: 'deploys',
          value: `${count} (${DEPLOY_TYPES.map((type) => `${done[type]} ${type}`).join(', ')}), ${whileLoading} before the first frame`,
        },
        { label: 'Node-RED died', value: String(crashes.length) },
        { label: 'ended well by SIGTERM', value: stopped === true ? 'yes' : 'no' },
        { label: 'refused, late', value: String(faults.length) },
        { label: 'descriptors', value: describeTrend(trends.descriptors) },
        { label: 'threads', value: describeTrend(trends.threads) },
        { label: 'memory, MiB', value: describeTrend(trends.rssMb) },
        {
          label: 'a deploy takes, ms',
          value: `${String(medianMs)} (median), ${String(longestMs)} (longest)`,
        },
        { label: 'frames', value: String(frames()) },
      ],
      broken,
    };
  },
};

/** Takes everything away, reads what is still held, and puts it back. */
async function rest(supervised: Supervised, flow: readonly object[], during: string): Promise<void> {
  await supervised.deploy(EMPTY_FLOW, 'full', during);
  if (supervised.noteDeath(during)) return;
  await supervised.takeReadings();
  await supervised.deploy(flow, 'full', during);
  supervised.noteDeath(during);
}
