/** Finds the faces of a picture: sets msg.frame and msg.faces. */
import type { NodeAPI, NodeMessage } from 'node-red';
import type { Engine } from '../../lib/engine/engine';
import type { Box } from '../../lib/core/face';
import type { Frame } from '../../lib/image/frame';
import type { ImageInput } from '../../lib/image/input';
import { imageOf, originOf, slim } from '../shared/image';
import { LatestPerSource } from '../shared/latest';
import { registerNode, type Send } from '../shared/node';
import { runtimeOf } from '../shared/runtime';
import { showResult } from '../shared/status';
import { watchFor } from '../shared/watch';
import { toConfig, type DetectDef } from './config';

export = (RED: NodeAPI): void => {
  registerNode<DetectDef>(RED, 'mtcnn-detect', (node, def) => {
    const config = toConfig(def);
    const latest = new LatestPerSource();

    async function detect(message: NodeMessage, send: Send): Promise<void> {
      const { engine } = runtimeOf(RED, config.runtime);
      const started = performance.now();
      const { image, regions } = await where(engine, message);
      const { frame, faces, omitted, provider, stages } = await engine.call(
        'detect',
        image,
        originOf(message),
        config.options,
        regions,
      );
      const milliseconds = Math.round(performance.now() - started);
      const { truncated } = frame;
      const detection = { provider, milliseconds, stages, omitted, ...(truncated && { truncated }) };
      Object.assign(message, { frame, faces, detection });
      slim(message, { dropPixels: config.dropPixels, dropEmbeddings: false });
      const key = latest.dropped > 0 ? 'mtcnn-detect.status.shed' : 'mtcnn-detect.status.found';
      showResult(node, RED._(key, { faces: faces.length, milliseconds, provider, dropped: latest.dropped }));
      send(message);
    }

    /** What to look at: all of the picture, or those parts of it where a tracker further on expects faces. */
    async function where(engine: Engine, message: NodeMessage): Promise<Search> {
      const image = imageOf(message);
      const watch = watchFor(RED, config.watch, message);
      if (!watch) return { image };
      // The plan depends on size and time of the picture.
      const frame = isFrame(image) ? image : await engine.call('decode', image, originOf(message));
      const plan = watch.plan(frame);
      return plan.full ? { image: frame } : { image: frame, regions: plan.regions };
    }

    async function info(message: NodeMessage, send: Send): Promise<void> {
      message.payload = await runtimeOf(RED, config.runtime).engine.call('info');
      send(message);
    }

    return {
      async input(message, send) {
        if (message['operation'] === 'info') return info(message, send);
        if (config.whenBusy === 'queue') return detect(message, send);
        await latest.run(sourceOf(message), () => detect(message, send));
      },
    };
  });
};

interface Search {
  readonly image: ImageInput;
  /** Absent: everywhere. */
  readonly regions?: readonly Box[];
}

function isFrame(image: ImageInput): image is Frame {
  return typeof image !== 'string' && 'width' in image;
}

function sourceOf(message: NodeMessage): string {
  const frame = message['frame'];
  const source =
    typeof frame === 'object' && frame !== null && 'source' in frame
      ? frame.source
      : originOf(message).source;
  return typeof source === 'string' ? source : '';
}
