/** Who is it, is it you: matches, enrols, verifies and manages the people of a store. */
import type { NodeAPI } from 'node-red';
import { slim } from '../shared/image';
import { registerNode } from '../shared/node';
import { showResult } from '../shared/status';
import { storeOf } from '../shared/store';
import { operationOf, toConfig, type GalleryDef } from './config';
import { RUN, salvage } from './operations';

export = (RED: NodeAPI): void => {
  registerNode<GalleryDef>(RED, 'face-gallery', (node, def) => {
    const config = toConfig(def);

    return {
      async input(message, send) {
        const operation = operationOf(message['operation'], config.operation);
        const store = storeOf(RED, config.store);
        const [key, values] =
          operation === 'export' && message['salvage'] === true
            ? await salvage(store, message)
            : await RUN[operation]({ RED, gallery: await store.gallery(), config, message });
        slim(message, config);
        showResult(node, RED._(`face-gallery.status.${key}`, values));
        send(message);
      },
    };
  });
};
