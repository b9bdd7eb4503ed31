/** @vladmandic/human on TensorFlow.js' WebAssembly backend. */
import { createReadStream } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import type { Box } from '../../lib/core/box';
import { loadFile, packageFolder, versionOf } from './installed';
import { answerJob, type Peer, type Pixels } from './job';
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
  detect(tensor: object): Promise<{
    readonly face: readonly {
      readonly box: readonly [x: number, y: number, width: number, height: number];
    }[];
    readonly error?: string | null;
  }>;
}

/** Everything off that is neither detection nor embedding. */
const OFF = { enabled: false };
const MIN_CONFIDENCE = 0.2;
const MAX_FACES = 50;

async function open(): Promise<Peer> {
  const wasmPath = loadWasmBackend();
  const folder = packageFolder('@vladmandic/human');
  // By path: the package's list of exports has no name for this build that Node.js accepts.
  const { Human } = loadFile(folder, 'dist', 'human.node-wasm.js') as HumanModule;
  const models = await serve(join(folder, 'models'));
  const configure = async (embeds: boolean): Promise<Human> => {
    const human = new Human({
      backend: 'wasm',
      wasmPath,
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
  return {
    version: versionOf(folder),
    detectors: [
      {
        name: 'BlazeFace',
        detect: (pixels) => look(detector, pixels),
        recognise: (pixels) => look(recogniser, pixels),
      },
    ],
  };
}

async function look(human: Human, { data, width, height }: Pixels): Promise<Box[]> {
  const tensor = human.tf.tensor3d(data, [height, width, 3], 'int32');
  try {
    const { face, error } = await human.detect(tensor);
    if (error) throw new Error(error);
    return face.map(({ box: [left, top, boxWidth, boxHeight] }) => {
      return { x: left, y: top, width: boxWidth, height: boxHeight };
    });
  } finally {
    human.tf.dispose(tensor);
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
