/** Follows faces over frames and raises one event about one person; passes every frame on with what is known. */
import type { NodeAPI, NodeMessage } from 'node-red';
import { messageOf } from '../../lib/core/errors';
import type { FaceEvent } from '../../lib/tracking/event-machine';
import { FaceWatch } from '../../lib/tracking/face-watch';
import { toLooks } from '../../lib/tracking/looks';
import { SourceClocks } from '../../lib/tracking/source-clocks';
import { frameOf } from '../shared/image';
import { registerNode, type Send } from '../shared/node';
import { runtimeOf } from '../shared/runtime';
import { showError, showResult } from '../shared/status';
import type { WatchNode } from '../shared/watch';
import { Announcer } from './announcer';
import { toConfig, type FaceEventsDef } from './config';
import { toControl, type Control } from './control';
import { Presences } from './presences';
import { Succession } from './succession';

/** How often time passes without a frame: nobody notices a departure half a second late. */
const TICK_MS = 500;

export = (RED: NodeAPI): void => {
  const succession = new Succession(RED);

  registerNode<FaceEventsDef>(RED, 'face-events', (node, def) => {
    const { runtime, keepPresent, tracking } = toConfig(def);
    const watch = new FaceWatch(tracking);
    const clocks = new SourceClocks(tracking.maxSources);
    const presences = new Presences(watch, succession.fileOf(node.id), keepPresent);
    const estate = succession.take(node.id);
    try {
      presences.resume(estate?.watch);
    } catch (error) {
      node.warn(messageOf(error));
    }
    const resumed = watch.handOver();
    for (const { source, last } of resumed) clocks.note(source, last, performance.now());
    const unsaid = estate?.unsent ?? [];
    const goesOn = unsaid.length > 0 || resumed.some(({ stays }) => stays.length > 0);
    let timer: NodeJS.Timeout | undefined;
    const start = succession.onceStarted(() => {
      timer = setInterval(() => void tick().catch(report), TICK_MS).unref();
      announce(unsaid, sendAlone).catch(report);
    });
    const announcer = new Announcer(
      {
        engine: () => (runtime === '' ? undefined : runtimeOf(RED, runtime).engine),
        before: (event) => event.event !== 'left' && presences.save(),
        after: (event) => event.event === 'left' && presences.save(),
      },
      goesOn ? start.settled : undefined,
    );
    const parts: Pick<WatchNode, 'watch'> = { watch };
    Object.assign(node, parts);
    let shown = '';
    let crowded = false;

    function show({ event, person, strangerId }: FaceEvent): void {
      showText(RED._(`face-events.status.${event}`, { who: person ?? strangerId ?? '' }));
    }

    /** Thirty times a second the same status would only keep the editor busy. */
    function showText(text: string): void {
      if (text !== shown) showResult(node, text);
      shown = text;
    }

    /** Once until it is over: thirty times a second would bury everything else. */
    function tellCrowd(total: number, most: number): void {
      if (total > most && !crowded) node.warn(RED._('face-events.warning.crowd', { total, most }));
      crowded = total > most;
    }

    async function announce(events: readonly FaceEvent[], send: Send): Promise<void> {
      const latest = events.at(-1);
      if (latest) show(latest);
      else if (shown === '') showText(RED._('face-events.status.watching'));
      const sent = announcer.announce(events, send);
      // The source must not wait until the nodes behind are connected.
      if (announcer.held) sent.catch(report);
      else await sent;
    }

    async function follow(message: NodeMessage, send: Send): Promise<void> {
      const frame = frameOf(message);
      const looks = toLooks(message['faces']);
      clocks.note(frame.source, frame.timestamp, performance.now());
      const { faces, all, events } = watch.update(frame, looks);
      tellCrowd(all.length, faces.length);
      message['faces'] = all;
      send([null, message]);
      await announce(events, send);
    }

    async function obey(control: Control, send: Send): Promise<void> {
      if (control.kind === 'reset') {
        clocks.clear();
        await announce(watch.reset(), send);
      } else if (control.kind === 'close') {
        clocks.forget(control.source);
        await announce(watch.close(control.source), send);
      }
    }

    const sendAlone: Send = (message) => node.send(message);

    async function tick(): Promise<void> {
      const now = performance.now();
      const events = clocks.times(now).flatMap(([source, time]) => watch.tick(time, source));
      await announce(events, sendAlone);
    }

    function fail(error: unknown): void {
      shown = '';
      showError(node, error);
    }

    /** No message is being handled here; an empty one lets the Catch node fire. */
    function report(error: unknown): void {
      fail(error);
      node.error(messageOf(error), {});
    }

    return {
      async input(message, send) {
        const control = toControl(message);
        try {
          await (control ? obey(control, send) : follow(message, send));
        } catch (error) {
          fail(error);
          throw error;
        }
      },
      close() {
        start.callOff();
        clearInterval(timer);
        const unsent = [...announcer.close(), ...watch.takePending()];
        succession.leave(node.id, { watch, unsent, heirs: heirsOf(node) });
        presences.save(unsent);
        return Promise.resolve();
      },
    };
  });
};

/** The nodes at the first output. */
function heirsOf(node: object): readonly string[] {
  const { wires } = node as { readonly wires?: readonly (readonly string[])[] };
  return wires?.[0] ?? [];
}
