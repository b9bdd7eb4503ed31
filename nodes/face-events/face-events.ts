/** Follows faces over frames and raises one event about one person; passes every frame on with what is known. */
import type { NodeAPI, NodeMessage } from 'node-red';
import { messageOf } from '../../lib/errors';
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

/** How often time passes without a frame: nobody notices a departure half a second late. */
const TICK_MS = 500;

export = (RED: NodeAPI): void => {
  registerNode<FaceEventsDef>(RED, 'face-events', (node, def) => {
    const { runtime, tracking } = toConfig(def);
    const watch = new FaceWatch(tracking);
    const clocks = new SourceClocks(tracking.maxSources);
    const announcer = new Announcer(() => (runtime === '' ? undefined : runtimeOf(RED, runtime).engine));
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
      await announcer.announce(events, send);
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

    async function tick(): Promise<void> {
      const now = performance.now();
      const events = clocks.times(now).flatMap(([source, time]) => watch.tick(time, source));
      await announce(events, (message) => node.send(message));
    }

    function fail(error: unknown): void {
      shown = '';
      showError(node, error);
    }

    const timer = setInterval(() => {
      tick().catch((error: unknown) => {
        fail(error);
        // No message is being handled here; an empty one lets the Catch node fire.
        node.error(messageOf(error), {});
      });
    }, TICK_MS);
    timer.unref();

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
        clearInterval(timer);
        announcer.close();
        return Promise.resolve();
      },
    };
  });
};
