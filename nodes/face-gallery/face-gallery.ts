/** Who is it, is it you: matches, enrols, verifies and manages the people of a store. */
import type { NodeAPI } from 'node-red';
import { slim } from '../shared/image';
import { registerNode } from '../shared/node';
import { showResult } from '../shared/status';
import { galleryOf } from '../shared/store';
import { operationOf, toConfig, type GalleryDef } from './config';
import { RUN } from './operations';

export = (RED: NodeAPI): void => {
  registerNode<GalleryDef>(RED, 'face-gallery', (node, def) => {
    const config = toConfig(def);

    return {
      async input(message, send) {
        const operation = operationOf(message['operation'], config.operation);
        const gallery = await galleryOf(RED, config.store);
        const [key, values] = await RUN[operation]({ RED, gallery, config, message });
        slim(message, config);
        showResult(node, RED._(`face-gallery.status.${key}`, values));
        send(message);
      },
    };
  });
};
