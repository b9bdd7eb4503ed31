/** This project's own detection and embedding, in a process of its own and timed as the peers are. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { alignFace } from '../../lib/face-models/align';
import { embedCrops } from '../../lib/face-models/embedder';
import type { Frame } from '../../lib/image/frame';
import { openNetwork } from '../../lib/inference/backends/onnxruntime';
import {
  DEFAULT_EMBED_MODEL,
  embedModels,
  findEmbedModel,
  readManifest,
  requireModel,
} from '../../lib/models/manifest';
import { packageRoot } from '../../lib/core/package-root';
import { MtcnnDetector } from '../../lib/detect/mtcnn/detector';
import { toDetectOptions } from '../../lib/detect/mtcnn/options';
import { THREADS } from '../machine';
import { CASCADE } from '../networks';
import { answerJob, type Peer, type Pixels } from './job';

const MIN_FACES = [20, 40, 80];

async function open(): Promise<Peer> {
  const model = findEmbedModel(embedModels(readManifest()), DEFAULT_EMBED_MODEL);
  const paths = [...CASCADE.map((id) => requireModel(id).path), model.path];
  const [pnet, rnet, onet, embed] = await Promise.all(
    paths.map((path) => openNetwork(path, { provider: 'cpu', threads: THREADS })),
  );
  const detector = new MtcnnDetector({ pnet: pnet!, rnet: rnet!, onet: onet! });
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    version: string;
  };
  return {
    version,
    detectors: MIN_FACES.map((minFaceSize) => {
      const options = toDetectOptions({ minFaceSize });
      return {
        name: `MTCNN, faces from ${minFaceSize} px`,
        detect: async (pixels) => (await detector.detect(asFrame(pixels), options)).map(({ box }) => box),
        recognise: async (pixels) => {
          const frame = asFrame(pixels);
          const faces = await detector.detect(frame, options);
          const crops = faces.map(({ landmarks }) => alignFace(frame, landmarks, model.input.width));
          await embedCrops(crops, model, embed!, { flip: false });
        },
      };
    }),
  };
}

function asFrame(pixels: Pixels): Frame {
  return { ...pixels, timestamp: 0, sequence: 0, source: '' };
}

void answerJob(open);
