/** SIGTERM at random moments, while models load and while a clip plays through all nodes. */
import { median } from '../shared/statistics';
import { prepareMaterial } from './parts/clip';
import { GATES, wholeFlow } from './parts/flow';
import { momentOf, waitFor } from './parts/moments';
import { NodeRed } from './parts/node-red';
import { CLIP_OPTION } from './parts/options';
import { childrenOf, isRunning } from './parts/resources';
import { describeCrash, waysOf, type Crash } from './parts/supervised';
import type { Trial } from './trial';

/** Decoders notice the end of the process that reads them. */
const ORPHANS_MS = 3000;
const POLL_MS = 50;

export const stops: Trial = {
  name: 'stops',
  help: 'stop Node-RED with SIGTERM at random moments while a clip plays through all nodes',
  counts: { what: 'stops', usual: 10, most: 100_000 },
  options: [CLIP_OPTION],
  async run(args, { workplace, count, random, step }) {
    const flows = wholeFlow(await prepareMaterial(workplace, args.optional('clip')));
    const crashes: Crash[] = [];
    const late: string[] = [];
    const orphans: string[] = [];
    const times: number[] = [];
    let frames = 0;
    let whileLoading = 0;
    for (let n = 1; n <= count; n++) {
      const before = frames;
      const nodeRed = await NodeRed.start(workplace, {
        flows,
        onArrival: ({ gate }) => {
          if (gate === GATES.frames) frames++;
        },
      });
      await waitFor(momentOf(random), () => frames);
      const children = childrenOf(nodeRed.pid);
      const during = `stop ${n}, after ${frames - before} frames`;
      if (frames === before) whileLoading++;
      const { code, signal, killed, ms } = await nodeRed.stop();
      if (killed) late.push(`Node-RED did not end within its limit: ${during}\n${nodeRed.lastLines()}`);
      else if (code !== 0)
        crashes.push({ during, how: signal ?? `exit code ${String(code)}`, lastLines: nodeRed.lastLines() });
      times.push(ms);
      if (nodeRed.closeTimeouts > 0) late.push(`A node did not close within Node-RED's limit: ${during}`);
      const left = await orphansOf(children);
      if (left > 0) orphans.push(`${left} decoders outlived Node-RED: ${during}`);
      step();
    }
    const broken = [
      ...crashes.map(describeCrash),
      ...late,
      ...orphans,
      ...(frames === 0 ? ['No frame came through the flow'] : []),
    ];
    const killed = late.length;
    return {
      result: {
        stops: count,
        crashes: crashes.length,
        ok: count - crashes.length - killed,
        killed,
        crashedWith: waysOf(crashes),
        orphans: orphans.length,
        whileLoading,
        frames,
        medianMs: median(times),
        longestMs: Math.max(...times),
      },
      summary: [
        { label: 'stops', value: `${count}, ${whileLoading} before the first frame` },
        { label: 'died instead', value: String(crashes.length) },
        { label: 'did not end in time', value: String(killed) },
        { label: 'decoders left over', value: String(orphans.length) },
        { label: 'a stop takes, ms', value: `${median(times)} (median), ${Math.max(...times)} (longest)` },
      ],
      broken,
    };
  },
};

/** How many of the processes outlive their parent by more than a moment. */
async function orphansOf(children: readonly number[]): Promise<number> {
  const deadline = Date.now() + ORPHANS_MS;
  while (children.some(isRunning) && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  return children.filter(isRunning).length;
}
