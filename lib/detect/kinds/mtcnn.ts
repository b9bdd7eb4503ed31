/** MTCNN: three networks one after the other, on a pyramid of the frame. */
import { createRequire } from 'node:module';
import { detectorKind } from '../detector';
import type * as Implementation from '../mtcnn/detector';
import { MTCNN_OPTIONS } from '../mtcnn/options';
import { requireRawPixels } from '../raw-pixels';

const load = createRequire(__filename);

export const kind = detectorKind({
  id: 'mtcnn',
  options: MTCNN_OPTIONS,
  networks: { pnet: 'mtcnn-pnet', rnet: 'mtcnn-rnet', onet: 'mtcnn-onet' },
  open({ pnet, rnet, onet }, provider) {
    [pnet, rnet, onet].forEach(requireRawPixels);
    // Not before it is needed: dialogs read the options on the main thread, which has no use for kernels.
    const { MtcnnDetector } = load('../mtcnn/detector') as typeof Implementation;
    const networks = { pnet: pnet.network, rnet: rnet.network, onet: onet.network };
    // A GPU has no caches to spare, and each run costs it a trip.
    return Promise.resolve(new MtcnnDetector(networks, provider === 'cpu' ? undefined : Infinity));
  },
});
