/** @vladmandic/face-api on TensorFlow.js' WebAssembly backend. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as FaceApi from '@vladmandic/face-api';
import { packageRoot } from '../../lib/models/package-root';
import { answerJob, PeerMissing, type Peer, type Pixels } from './job';
import { loadWasmBackend } from './tensorflow';

const MIN_CONFIDENCE = 0.5;

async function open(): Promise<Peer> {
  const load = createRequire(__filename);
  const folder = join(packageRoot(), 'node_modules', '@vladmandic', 'face-api');
  const backend = loadWasmBackend();
  const faceapi = loadFaceApi(load, folder);
  backend.setWasmPaths(`${dirname(load.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  await faceapi.tf.setBackend('wasm');
  await faceapi.tf.ready();
  const { ssdMobilenetv1, tinyFaceDetector, faceLandmark68Net, faceRecognitionNet } = faceapi.nets;
  for (const net of [ssdMobilenetv1, tinyFaceDetector, faceLandmark68Net, faceRecognitionNet])
    await net.loadFromDisk(join(folder, 'model'));

  const options = {
    'SSD MobileNet v1': new faceapi.SsdMobilenetv1Options({ minConfidence: MIN_CONFIDENCE }),
    'tiny face detector': new faceapi.TinyFaceDetectorOptions({ scoreThreshold: MIN_CONFIDENCE }),
  };
  const { version } = load(join(folder, 'package.json')) as { version: string };
  const withTensor = async (
    { data, width, height }: Pixels,
    count: (tensor: FaceApi.TNetInput) => Promise<number>,
  ): Promise<number> => {
    const tensor = faceapi.tf.tensor3d(data, [height, width, 3], 'int32');
    try {
      return await count(tensor as unknown as FaceApi.TNetInput);
    } finally {
      tensor.dispose();
    }
  };
  return {
    version,
    detectors: Object.entries(options).map(([name, option]) => ({
      name,
      detect: (pixels) =>
        withTensor(pixels, async (tensor) => (await faceapi.detectAllFaces(tensor, option)).length),
      recognise: (pixels) =>
        withTensor(
          pixels,
          async (tensor) =>
            (await faceapi.detectAllFaces(tensor, option).withFaceLandmarks().withFaceDescriptors()).length,
        ),
    })),
  };
}

/** What of TensorFlow.js is used here; the package's own types need those of TensorFlow.js. */
interface Tensorflow {
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  tensor3d(data: Uint8Array, shape: readonly number[], type: 'int32'): { dispose(): void };
}

function loadFaceApi(load: NodeJS.Require, folder: string): typeof FaceApi & { readonly tf: Tensorflow } {
  try {
    return load(join(folder, 'dist', 'face-api.node-wasm.js')) as typeof FaceApi & { tf: Tensorflow };
  } catch (error) {
    throw new PeerMissing('npm install --no-save @vladmandic/face-api @tensorflow/tfjs@4', { cause: error });
  }
}

void answerJob(open);
