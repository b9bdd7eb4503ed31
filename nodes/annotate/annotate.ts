/** Draws what is known of msg.faces onto a copy of msg.frame; msg.payload becomes the picture. */
import type { NodeAPI } from 'node-red';
import { toFaces } from '../../lib/core/faces';
import { toBytes } from '../../lib/core/foreign';
import { FrameRate } from '../../lib/core/frame-rate';
import type { DrawnFace } from '../../lib/annotate/marks';
import type { Frame } from '../../lib/image/frame';
import { frameOf, shownBy, slim } from '../shared/image';
import { registerNode } from '../shared/node';
import { runtimeOf } from '../shared/runtime';
import { showResult } from '../shared/status';
import { toConfig, type AnnotateDef } from './config';

/** Sources whose frame rate is remembered; a flow of single photographs has a new source each time. */
const MOST_SOURCES = 32;

export = (RED: NodeAPI): void => {
  registerNode<AnnotateDef>(RED, 'face-annotate', (node, def) => {
    const config = toConfig(def, RED._('annotate.stranger'));
    const rates = new Map<string, FrameRate>();

    function frameRateOf({ source, timestamp }: Frame): number | undefined {
      const rate = rates.get(source) ?? new FrameRate();
      rates.set(source, rate);
      if (rates.size > MOST_SOURCES) rates.delete(rates.keys().next().value!);
      return rate.add(timestamp);
    }

    return {
      async input(message, send) {
        const { engine } = runtimeOf(RED, config.runtime);
        const frame = frameOf(message);
        const faces = toFaces(message['faces'] ?? []);
        const fps = config.fps ? frameRateOf(frame) : undefined;
        const started = performance.now();
        // Only what is drawn travels to the worker.
        const drawn = faces.map(drawnPart);
        const picture = await engine.call('annotate', frame, drawn, {
          annotate: { ...config.options, ...(fps !== undefined && { fps }) },
          ...(config.encode && { encode: config.encode }),
        });
        const bytes = toBytes(picture);
        message.payload = bytes ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : picture;
        if (bytes) message['frame'] = shownBy(frame, bytes);
        slim(message, config);
        showResult(
          node,
          RED._('annotate.status.drawn', {
            faces: faces.length,
            milliseconds: Math.round(performance.now() - started),
          }),
        );
        send(message);
      },
    };
  });
};

function drawnPart({ box, confidence, landmarks, quality, match, identity, smoothed }: DrawnFace): DrawnFace {
  return {
    box,
    confidence,
    landmarks,
    quality,
    ...(match && { match }),
    ...(identity && { identity }),
    ...(smoothed && { smoothed }),
  };
}
