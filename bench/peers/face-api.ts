/** @vladmandic/face-api on TensorFlow.js' WebAssembly backend. */
import { join } from 'node:path';
import type * as FaceApi from '@vladmandic/face-api';
import type { Box } from '../../lib/core/box';
import { loadFile, packageFolder, versionOf } from './installed';
import { answerJob, type Peer, type Pixels } from './job';
import { loadWasmBackend } from './tensorflow';

const MIN_CONFIDENCE = 0.5;

async function open(): Promise<Peer> {
  loadWasmBackend();
  const folder = packageFolder('@vladmandic/face-api');
  const faceapi = loadFile(folder, 'dist', 'face-api.node-wasm.js') as FaceApiModule;
  await faceapi.tf.setBackend('wasm');
  await faceapi.tf.ready();
  const { ssdMobilenetv1, tinyFaceDetector, faceLandmark68Net, faceRecognitionNet } = faceapi.nets;
  for (const net of [ssdMobilenetv1, tinyFaceDetector, faceLandmark68Net, faceRecognitionNet])
    await net.loadFromDisk(join(folder, 'model'));

  const options = {
    'SSD MobileNet v1': new faceapi.SsdMobilenetv1Options({ minConfidence: MIN_CONFIDENCE }),
    'tiny face detector': new faceapi.TinyFaceDetectorOptions({ scoreThreshold: MIN_CONFIDENCE }),
  };
  const withTensor = async <R>(
    { data, width, height }: Pixels,
    work: (tensor: FaceApi.TNetInput) => Promise<R>,
  ): Promise<R> => {
    const tensor = faceapi.tf.tensor3d(data, [height, width, 3], 'int32');
    try {
      return await work(tensor as unknown as FaceApi.TNetInput);
    } finally {
      tensor.dispose();
    }
  };
  return {
    version: versionOf(folder),
    detectors: Object.entries(options).map(([name, option]) => ({
      name,
      detect: (pixels) =>
        withTensor(pixels, async (tensor) =>
          (await faceapi.detectAllFaces(tensor, option)).map(({ box: { x, y, width, height } }): Box => {
            // Their box has more fields, and methods.
            return { x, y, width, height };
          }),
        ),
      recognise: (pixels) =>
        withTensor(pixels, async (tensor) => {
          await faceapi.detectAllFaces(tensor, option).withFaceLandmarks().withFaceDescriptors();
        }),
    })),
  };
}

/** What of TensorFlow.js is used here; the package's own types need those of TensorFlow.js. */
interface Tensorflow {
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  tensor3d(data: Uint8Array, shape: readonly number[], type: 'int32'): { dispose(): void };
}

type FaceApiModule = typeof FaceApi & { readonly tf: Tensorflow };

void answerJob(open);
