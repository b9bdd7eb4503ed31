/** Gives every face of msg.faces an embedding and a measure of sharpness. */
import type { NodeAPI } from 'node-red';
import { toFaces } from '../../lib/core/faces';
import { findEmbedModel, type EmbedModel } from '../../lib/models/manifest';
import { embedFaces } from '../../lib/recognition/embed';
import { invalid } from '../../lib/core/validate';
import { frameOf } from '../shared/image';
import { registerNode } from '../shared/node';
import { runtimeOf } from '../shared/runtime';
import { showResult } from '../shared/status';
import { watchFor } from '../shared/watch';
import { toConfig, type EmbedConfig, type EmbedDef } from './config';

export = (RED: NodeAPI): void => {
  registerNode<EmbedDef>(RED, 'arcface-embed', (node, def) => {
    const config = toConfig(def, RED.settings.userDir ?? process.cwd());

    return {
      async input(message, send) {
        const runtime = runtimeOf(RED, config.runtime);
        const model = chosenModel(config, runtime.embedModels);
        const faces = toFaces(message['faces']);
        const started = performance.now();
        const wanted = watchFor(RED, config.watch, message)?.wanted(frameOf(message), faces);
        const request = { model, flip: config.flip, crops: config.crops };
        message['faces'] = await embedFaces(runtime.engine, () => frameOf(message), faces, request, wanted);
        const embedded = faces.filter((_, index) => wanted?.[index] ?? true).length;
        const milliseconds = Math.round(performance.now() - started);
        if (config.dropPixels) delete message['frame'];
        showResult(node, RED._('arcface-embed.status.embedded', { faces: embedded, milliseconds }));
        send(message);
      },
    };
  });
};

/** @throws ArcFlowError when the model is not known, or a file of the user's own takes the id of another network. */
function chosenModel({ model }: EmbedConfig, known: readonly EmbedModel[]): EmbedModel {
  if (typeof model === 'string') return findEmbedModel(known, model);
  // Embeddings compare by their model's id: those of two networks would mix.
  if (known.some(({ id, path }) => id === model.id && path !== model.path))
    throw invalid('an id that no other model has', 'fileId', model.id);
  return model;
}
