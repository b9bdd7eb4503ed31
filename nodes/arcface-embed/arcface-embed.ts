/** Gives every face of msg.faces an embedding and a measure of sharpness. */
import type { NodeAPI } from 'node-red';
import type { Face } from '../../lib/face';
import { toFaces } from '../../lib/faces';
import { findEmbedModel } from '../../lib/models/manifest';
import { frameOf } from '../shared/image';
import { registerNode } from '../shared/node';
import { runtimeOf } from '../shared/runtime';
import { showResult } from '../shared/status';
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
        if (faces.length > 0) {
          const landmarks = faces.map((face) => face.landmarks);
          const embedded = await runtime.engine.call('embed', frameOf(message), landmarks, {
            model,
            flip: config.flip,
            crops: config.crops,
          });
          message['faces'] = faces.map((face, index): Face => {
            const { embedding, sharpness, crop } = embedded[index]!;
            return {
              ...face,
              embedding,
              embeddingModel: model.id,
              quality: { ...face.quality, sharpness },
              ...(crop && { crop }),
            };
          });
        }
        const milliseconds = Math.round(performance.now() - started);
        if (config.dropPixels) delete message['frame'];
        showResult(node, RED._('arcface-embed.status.embedded', { faces: faces.length, milliseconds }));
        send(message);
      },
    };
  });
};
