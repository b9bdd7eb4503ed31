/** Finds the faces of a picture: sets msg.frame and msg.faces. */
import type { NodeAPI, NodeMessage } from 'node-red';
import type { Engine } from '../../lib/engine/engine';
import type { Box } from '../../lib/core/face';
import { describeDetector, type DescribedDetector } from '../../lib/detect/open';
import type { Frame } from '../../lib/image/frame';
import type { ImageInput } from '../../lib/image/input';
import { findDetector, readManifest } from '../../lib/models/manifest';
import { imageOf, originOf, slim } from '../shared/image';
import { LatestPerSource } from '../shared/latest';
import { registerNode, type Send } from '../shared/node';
import { runtimeOf, type RuntimeNode } from '../shared/runtime';
import { showResult } from '../shared/status';
import { watchFor } from '../shared/watch';
import { toConfig, toRequest, type DetectDef } from './config';

export = (RED: NodeAPI): void => {
  registerNode<DetectDef>(RED, 'mtcnn-detect', (node, def) => {
    const config = toConfig(def);
    // A value that is out of range shows at once, unless it takes a runtime that is not there to know the detector.
    const known = detectorNow(RED, config.runtime, config.detector);
    if (known) toRequest(config, known);
    const latest = new LatestPerSource();

    async function detect(message: NodeMessage, send: Send): Promise<void> {
      const { engine, detectors } = runtimeOf(RED, config.runtime);
      const request = toRequest(config, findDetector(detectors, config.detector));
      const started = performance.now();
      const { image, regions } = await where(engine, message);
      const { frame, faces, omitted, detector, provider, stages } = await engine.call(
        'detect',
        image,
        originOf(message),
        request,
        regions,
      );
      const milliseconds = Math.round(performance.now() - started);
      const { truncated } = frame;
      const detection = {
        detector,
        provider,
        milliseconds,
        stages,
        omitted,
        ...(truncated && { truncated }),
      };
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

/**
 * The detector of a runtime, or the shipped one of that id where there is no runtime.
 * @throws ArcFlowError MODEL_MISSING when the runtime has none of that id
 */
function detectorNow(RED: NodeAPI, runtime: string, id: string): DescribedDetector | undefined {
  const node = RED.nodes.getNode(runtime) as Partial<RuntimeNode> | null;
  if (node?.detectors) return findDetector(node.detectors, id);
  const shipped = readManifest().detectors.find((detector) => detector.id === id);
  return shipped && describeDetector(shipped);
}

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
