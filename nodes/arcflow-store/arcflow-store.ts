/** Configuration node: where a gallery is kept. All nodes that name it share one open gallery. */
import type { NodeAPI } from 'node-red';
import { openGallery, type GalleryHandle } from '../../lib/gallery/open-gallery';
import { PromiseCache } from '../../lib/promise-cache';
import { registerNode } from '../shared/node';
import type { StoreNode } from '../shared/store';
import { toConfig, type StoreDef } from './config';

export = (RED: NodeAPI): void => {
  registerNode<StoreDef>(RED, 'arcflow-store', (node, def) => {
    const { directory } = toConfig(def, RED.settings.userDir ?? process.cwd());
    const handles = new PromiseCache<GalleryHandle>();
    let opened: GalleryHandle | undefined;

    const parts: Pick<StoreNode, 'gallery'> = {
      gallery: async () => {
        opened = await handles.get(directory, () => openGallery(directory));
        return opened.gallery;
      },
    };
    Object.assign(node, parts);
    return { close: async () => opened?.close() };
  });
};
