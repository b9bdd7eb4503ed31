/** A video source in a flow of the test harness: what comes out of its two outputs, and what its status says. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { NodeMessage } from 'node-red';
import runtimeNode from '../../nodes/arcflow-runtime/arcflow-runtime';
import videoNode from '../../nodes/video-source/video-source';
import { RUNTIME, startFlow } from './flow';

export type Message = NodeMessage & Record<string, unknown>;
export type Flow = Awaited<ReturnType<typeof startFlow>>;

interface Status {
  readonly fill: string;
  readonly text: string;
}

export interface Heard {
  readonly frames: Message[];
  /** What the second output told, but statistics. */
  readonly states: Record<string, unknown>[];
  readonly statistics: Record<string, number>[];
  readonly statuses: Status[];
}

export interface VideoFlow {
  readonly flow: Flow;
  readonly heard: Heard;
  /** Sends the node a control message. */
  readonly order: (message: object) => void;
}

export interface PlayOptions {
  /** How long each frame takes the flow. */
  readonly takesMs?: number;
  readonly credentials?: object;
  /** The flow's node is in the style of before Node-RED 1.0 and never tells that it is done. */
  readonly neverDone?: boolean;
}

/** Deploys a flow with one video source, with changes to the node's configuration. */
export async function playVideo(source: object, options: PlayOptions = {}): Promise<VideoFlow> {
  const { takesMs = 0, credentials, neverDone = false } = options;
  const flow = await startFlow(
    [runtimeNode, videoNode],
    [
      RUNTIME,
      { id: 'first', type: 'face-video-source', name: 'door', wires: [['out'], ['state']], ...source },
      { id: 'state', type: 'helper', wires: [] },
    ],
    credentials && { first: credentials },
  );
  const heard: Heard = { frames: [], states: [], statistics: [], statuses: [] };
  const keep = (message: Message): void => void heard.frames.push({ ...message });
  const handle = (message: Message, _send: unknown, done: () => void): void => {
    keep(message);
    setTimeout(done, takesMs);
  };
  // Node-RED tells the two styles apart by the number of parameters.
  flow.node('out').on('input', (neverDone ? (message: Message) => keep(message) : handle) as never);
  flow.node('state').on('input', ((message: Message, _send: unknown, done: () => void) => {
    const payload = message.payload as Record<string, unknown>;
    if ('statistics' in payload) heard.statistics.push(payload['statistics'] as Record<string, number>);
    else heard.states.push(payload);
    done();
  }) as never);
  flow.node('first').on('call:status', (call: { args: [Status] }) => void heard.statuses.push(call.args[0]));
  return { flow, heard, order: (message) => flow.node('first').receive(message) };
}

/** Waits for what the source does in its own time. */
export async function until(condition: () => boolean, withinMs = 200_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!condition()) {
    assert.ok(Date.now() < deadline, `not within ${withinMs} ms: ${condition.toString()}`);
    await delay(20);
  }
}
