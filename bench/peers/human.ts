/** @vladmandic/human on TensorFlow.js' WebAssembly backend. */
import { createReadStream, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { answerJob, PeerMissing, type Peer, type Pixels } from './job';
import { loadWasmBackend } from './tensorflow';

interface HumanModule {
  readonly Human: new (config: unknown) => Human;
}

interface Human {
  readonly tf: {
    tensor3d(data: Uint8Array, shape: readonly number[], type: 'int32'): object;
    dispose(tensor: object): void;
  };
  load(): Promise<void>;
  detect(tensor: object): Promise<{ readonly face: readonly unknown[]; readonly error?: string | null }>;
}

/** Everything off that is neither detection nor embedding. */
const OFF = { enabled: false };
const MIN_CONFIDENCE = 0.2;
const MAX_FACES = 50;

async function open(): Promise<Peer> {
  loadWasmBackend();
  const load = createRequire(__filename);
  const { Human } = loadHuman(load);
  // .../human/dist/human.node.js
  const folder = dirname(dirname(load.resolve('@vladmandic/human')));
  const models = await serve(join(folder, 'models'));
  const configure = async (embeds: boolean): Promise<Human> => {
    const human = new Human({
      backend: 'wasm',
      wasmPath: `${dirname(load.resolve('@tensorflow/tfjs-backend-wasm'))}/`,
      modelBasePath: `http://127.0.0.1:${(models.address() as AddressInfo).port}/`,
      debug: false,
      // Without this the result of the frame before is taken for this one's.
      cacheSensitivity: 0,
      filter: OFF,
      face: {
        enabled: true,
        detector: { maxDetected: MAX_FACES, minConfidence: MIN_CONFIDENCE, rotation: false },
        mesh: { enabled: embeds },
        description: { enabled: embeds },
        iris: OFF,
        emotion: OFF,
      },
      ...{ body: OFF, hand: OFF, object: OFF, gesture: OFF, segmentation: OFF },
    });
    await human.load();
    return human;
  };
  const [detector, recogniser] = [await configure(false), await configure(true)];
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return {
    version,
    detectors: [
      {
        name: 'BlazeFace',
        detect: (pixels) => count(detector, pixels),
        recognise: (pixels) => count(recogniser, pixels),
      },
    ],
  };
}

async function count(human: Human, { data, width, height }: Pixels): Promise<number> {
  const tensor = human.tf.tensor3d(data, [height, width, 3], 'int32');
  try {
    const { face, error } = await human.detect(tensor);
    if (error) throw new Error(error);
    return face.length;
  } finally {
    human.tf.dispose(tensor);
  }
}

function loadHuman(load: NodeJS.Require): HumanModule {
  try {
    // By path: the package's list of exports names this build in a way that Node.js does not accept.
    return load(join(dirname(load.resolve('@vladmandic/human')), 'human.node-wasm.js')) as HumanModule;
  } catch (error) {
    throw new PeerMissing('npm install --no-save @vladmandic/human', { cause: error });
  }
}

/** The WebAssembly build fetches its models, also those that it brings. */
async function serve(folder: string): Promise<Server> {
  const server = createServer(({ url = '' }, response) => {
    createReadStream(join(folder, basename(url)))
      .on('error', () => response.writeHead(404).end())
      .pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return server;
}

void answerJob(open);
