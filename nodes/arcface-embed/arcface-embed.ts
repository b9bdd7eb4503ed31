/** Gives every face of msg.faces an embedding and a measure of sharpness. */
import type { NodeAPI } from 'node-red';
import type { Embedded } from '../../lib/engine/operations';
import type { Face } from '../../lib/face';
import { toFaces } from '../../lib/faces';
import { findEmbedModel } from '../../lib/models/manifest';
import { frameOf } from '../shared/image';
import { registerNode } from '../shared/node';
import { runtimeOf } from '../shared/runtime';
import { showResult } from '../shared/status';
import { watchFor } from '../shared/watch';
import { toConfig, type EmbedDef } from './config';

export = (RED: NodeAPI): void => {
  registerNode<EmbedDef>(RED, 'arcface-embed', (node, def) => {
    const config = toConfig(def, RED.settings.userDir ?? process.cwd());

    return {
      async input(message, send) {
        const runtime = runtimeOf(RED, config.runtime);
        const model =
          typeof config.model === 'string' ? findEmbedModel(runtime.embedModels, config.model) : config.model;
        const faces = toFaces(message['faces']);
        const started = performance.now();
        const wanted = watchFor(RED, config.watch, message)?.wanted(frameOf(message), faces);
        const chosen = faces.filter((_, index) => wanted?.[index] ?? true);
        const embedded =
          chosen.length === 0
            ? []
            : await runtime.engine.call(
                'embed',
                frameOf(message),
                chosen.map((face) => face.landmarks),
                { model, flip: config.flip, crops: config.crops },
              );
        const results = new Map(chosen.map((face, index) => [face, embedded[index]!]));
        message['faces'] = faces.map((face) => withEmbedding(face, results.get(face), model.id));
        const milliseconds = Math.round(performance.now() - started);
        if (config.dropPixels) delete message['frame'];
        showResult(node, RED._('arcface-embed.status.embedded', { faces: chosen.length, milliseconds }));
        send(message);
      },
    };
  });
};

/** @param result undefined for a face that was left out */
function withEmbedding(face: Face, result: Embedded | undefined, embeddingModel: string): Face {
  if (!result) return { ...face, embeddingSkipped: true };
  const { embedding, sharpness, crop } = result;
  return {
    ...face,
    embedding,
    embeddingModel,
    quality: { ...face.quality, sharpness },
    ...(crop && { crop }),
  };
}
