/** Configuration node: where a gallery is kept. All nodes that name it share one open gallery. */
import type { NodeAPI } from 'node-red';
import { ArcFlowError } from '../../lib/core/errors';
import { openGallery, type GalleryHandle } from '../../lib/gallery/open-gallery';
import { salvageGallery } from '../../lib/gallery/salvage';
import { registerNode } from '../shared/node';
import type { StoreNode } from '../shared/store';
import { toConfig, type StoreDef } from './config';

export = (RED: NodeAPI): void => {
  registerNode<StoreDef>(RED, 'arcflow-store', (node, def) => {
    const { directory } = toConfig(def, RED.settings.userDir ?? process.cwd());
    let opening: Promise<GalleryHandle> | undefined;
    let closed = false;

    const open = async (): Promise<GalleryHandle> => {
      // A message that was still on its way when the flow was stopped.
      if (closed) throw new ArcFlowError('ENGINE_CLOSED', 'The gallery is closed', 'gallery closed');
      opening ??= openGallery(directory);
      try {
        return await opening;
      } catch (error) {
        opening = undefined; // the next message tries again
        throw error;
      }
    };
    const parts: Pick<StoreNode, 'gallery' | 'salvage'> = {
      gallery: async () => (await open()).gallery,
      salvage: () => salvageGallery(directory),
    };
    Object.assign(node, parts);
    return {
      close: () => {
        closed = true;
        return closeOpened(opening);
      },
    };
  });
};

/** Also where the opening is still under way; one that failed has told those who asked for it. */
async function closeOpened(opening: Promise<GalleryHandle> | undefined): Promise<void> {
  const handle = await opening?.catch(() => undefined);
  await handle?.close();
}
