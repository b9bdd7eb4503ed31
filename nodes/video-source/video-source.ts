/** Frames of a camera, stream, file or folder, each when the flow has finished with the one before. */
import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { parseAddress } from '../../lib/video/source/address';
import type { Frame } from '../../lib/image/frame';
import { VideoSource, type VideoState, type VideoStatistics } from '../../lib/video/source/video-source';
import { registerEndpoint } from '../admin/endpoints';
import { FlowCompletion } from '../shared/completion';
import { shownBy } from '../shared/image';
import { registerNode, type Send } from '../shared/node';
import { runtimeOf } from '../shared/runtime';
import { showError } from '../shared/status';
import { commandOf } from './commands';
import { toConfig, withCredentials, type VideoCredentials, type VideoDef } from './config';
import { isOver, shownState, stateMessage } from './state';

const TYPE = 'face-video-source';
const DEPLOYED = 'flows:started';

export = (RED: NodeAPI): void => {
  registerNode<VideoDef>(
    RED,
    TYPE,
    (node, def) => {
      const config = toConfig(def, RED.settings.userDir ?? process.cwd());
      const { credentials = {} } = node as Partial<Node<VideoCredentials>>;
      const source = new VideoSource(withCredentials(config.source, credentials));
      const completion = new FlowCompletion(RED, node.id);
      let statistics: VideoStatistics | undefined;
      let pumping = false;
      let closed = false;

      /** Resolves when the flow has finished with the last frame. */
      let handled: Promise<void> = Promise.resolve();
      let reported: Promise<void> = Promise.resolve();

      /** In order; that the source is over comes after its last frame, so that who follows it may close its books. */
      function report(payload: Record<string, unknown>, after?: Promise<void>): void {
        reported = reported
          .then(() => after)
          .then(() => tell(payload))
          .catch((error: unknown) => complain(error));
      }

      /** Node-RED copies the message for the Catch nodes; one that it cannot copy goes without its content. */
      function complain(error: unknown, message: NodeMessage = {}): void {
        if (closed) return;
        try {
          node.error(error, message);
        } catch {
          node.error(error, message._msgid === undefined ? {} : { _msgid: message._msgid });
        }
      }

      function tell(payload: Record<string, unknown>): void {
        if (!closed)
          node.send([null, { topic: source.label, payload: { ...payload, source: source.label } }]);
      }

      function show(): void {
        const { fill, shape, key, values } = shownState(source.state, statistics);
        node.status({ fill, shape, text: RED._(`video-source.status.${key}`, { ...values }) });
      }

      source.on('state', (state: VideoState) => {
        statistics = undefined;
        show();
        if (state.state === 'ended' && state.error) showError(node, state.error);
        report(stateMessage(state), isOver(state) ? handled : undefined);
      });
      source.on('statistics', (latest: VideoStatistics) => {
        statistics = latest;
        if (source.state.state === 'connected') show();
        report({ state: source.state.state, statistics: latest });
      });

      async function fill(message: NodeMessage, frame: Frame): Promise<NodeMessage> {
        message.topic = source.label;
        if (config.encode) {
          const { engine } = runtimeOf(RED, config.runtime);
          const jpeg = await engine.call('encode', frame, config.encode);
          message.payload = Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
        }
        if (config.frames) message['frame'] = shownBy(frame, message.payload);
        return message;
      }

      /** Resolves when the flow has finished with it; never rejects. */
      async function handle(frame: Frame): Promise<void> {
        const message: NodeMessage = {};
        try {
          await fill(message, frame);
          if (!closed) await completion.send(message, (sent) => node.send([sent, null]));
        } catch (error) {
          complain(error, message);
        }
      }

      /** One frame at a time: while the flow is busy with it, newer ones replace each other in the source. */
      async function pump(): Promise<void> {
        if (pumping) return;
        pumping = true;
        try {
          for (let frame = await source.take(); frame; frame = await source.take()) {
            handled = handle(frame);
            await handled;
          }
        } finally {
          pumping = false;
        }
      }

      async function start(): Promise<void> {
        if (config.encode) runtimeOf(RED, config.runtime);
        await source.start();
        pump().catch((error: unknown) => complain(error));
      }

      async function obey(message: NodeMessage, send: Send): Promise<void> {
        const command = commandOf(message);
        if (command.name === 'start') await start();
        else if (command.name === 'stop') await source.stop();
        else if (command.name === 'pause') source.pause();
        else if (command.name === 'resume') source.resume();
        else if (command.name === 'seek') source.seek(command.seconds);
        else send([await fill(message, await source.snapshot()), null]);
      }

      const startAtDeploy = (): void => {
        start().catch((error: unknown) => {
          if (closed) return;
          showError(node, error);
          complain(error);
        });
      };
      // Only then are the nodes there that the frames go to.
      if (config.startAtDeploy) RED.events.once(DEPLOYED, startAtDeploy);
      show();

      return {
        input: obey,
        async close() {
          closed = true;
          RED.events.off(DEPLOYED, startAtDeploy);
          completion.close();
          await source.close();
        },
      };
    },
    { address: { type: 'password' }, user: { type: 'text' }, password: { type: 'password' } },
  );

  // Which camera it is, for the dialog of who may edit it: a path may be a secret too.
  registerEndpoint(RED, {
    method: 'get',
    path: '/arcflow/video/address',
    permission: 'write',
    answer({ query: { node: id } }) {
      const node = RED.nodes.getNode(typeof id === 'string' ? id : '') as Partial<
        Node<VideoCredentials>
      > | null;
      const address = node?.type === TYPE ? node.credentials?.address : undefined;
      return { shown: address === undefined ? '' : parseAddress(address).shown };
    },
  });
};
