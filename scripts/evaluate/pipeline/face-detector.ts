/** All faces of each image, for the detection benchmarks: cached, and surviving an unreadable image. */
import type { Engine } from '../../../lib/engine/engine';
import { ArcFlowError, messageOf, type ErrorCode } from '../../../lib/core/errors';
import type { Landmarks } from '../../../lib/core/face';
import type { Frame } from '../../../lib/image/frame';
import { networkIds } from '../../../lib/detect/open';
import type { CommonOptions } from '../../../lib/detect/options';
import {
  findDetectModel,
  findDetector,
  type DetectModel,
  type DetectorEntry,
  type Manifest,
} from '../../../lib/models/manifest';
import type { Detected } from '../metrics/detection';
import { isPgm, readPgm } from '../readers/pgm';
import type { EnginePool } from './engine-pool';
import { fingerprint } from './fingerprint';
import type { ImageSource } from './image-set';
import { Progress } from '../../shared/progress';
import { contentKey, ResultCache, type Codec } from './result-cache';

export interface DetectedFace extends Detected {
  readonly landmarks: Landmarks;
}

export interface SeenImage {
  readonly width: number;
  readonly height: number;
  /** Most confident first. */
  readonly faces: readonly DetectedFace[];
}

export type DetectedImage = SeenImage | { readonly unreadable: string };

/** What a detector is asked for: its id and all of its options. */
export type Search = CommonOptions & { readonly detector: string };

/** The networks of a detector; the declared input is part of how they are used. */
export function networksOf(manifest: Manifest, detector: DetectorEntry): DetectModel[] {
  return Object.values(networkIds(detector)).map((id) => findDetectModel(manifest, id));
}

export class FaceDetector {
  private readonly caches: ResultCache<SeenImage>[] = [];

  constructor(
    private readonly pool: EnginePool,
    private readonly manifest: Manifest,
    private readonly cacheFolder: string | undefined,
  ) {}

  /** One result for each image, in the same order. */
  async detectAll(images: readonly ImageSource[], search: Search, label: string): Promise<DetectedImage[]> {
    const entry = findDetector(this.manifest.detectors, search.detector);
    const models = networksOf(this.manifest, entry);
    const paths = models.map(({ path }) => path);
    const inputs = models.map(({ input }) => input);
    const name = `detections-${fingerprint(paths, { search, entry, inputs })}`;
    const cache = await ResultCache.open(this.cacheFolder, name, codec);
    this.caches.push(cache);
    const progress = new Progress(label, images.length);
    try {
      return await this.pool.map(images, async (image, engine): Promise<DetectedImage> => {
        try {
          const bytes = await image.read();
          const key = contentKey(bytes);
          const known = cache.get(key);
          if (known) return known;
          const frame = await decode(engine, bytes, image.name);
          const { faces } = await engine.call('detect', frame, {}, search);
          const { width, height } = frame;
          const seen = {
            width,
            height,
            faces: faces.map(({ box, confidence, landmarks }) => ({ box, confidence, landmarks })),
          };
          cache.set(key, seen);
          return seen;
        } catch (error) {
          if (!isImageFault(error)) throw error;
          return { unreadable: messageOf(error) };
        } finally {
          progress.step();
        }
      });
    } finally {
      progress.end();
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.caches.map((cache) => cache.close()));
  }
}

const codec: Codec<SeenImage> = { encode: (seen) => seen, decode: (value) => value as SeenImage };

/** The image's own fault, not ours: the run goes on without it. */
const IMAGE_FAULTS: readonly ErrorCode[] = ['IMAGE_UNREADABLE', 'IMAGE_TOO_LARGE', 'ENGINE_CRASHED'];

export function isImageFault(error: unknown): boolean {
  if (error instanceof ArcFlowError) return IMAGE_FAULTS.includes(error.code);
  // Reading the file failed: ENOENT, EACCES, EISDIR …
  return error instanceof Error && 'syscall' in error;
}

/** Engines that were found to start, by their first call. */
const started = new WeakMap<Engine, Promise<void>>();

/** @throws Error when the engine cannot start at all: no image is to blame for that */
function ensureStarted(engine: Engine): Promise<void> {
  let start = started.get(engine);
  if (!start) {
    start = engine.call('info').then(
      () => undefined,
      (error: unknown) => {
        throw new Error(`The engine does not start: ${messageOf(error)}`, { cause: error });
      },
    );
    started.set(engine, start);
  }
  return start;
}

export async function decode(engine: Engine, bytes: Uint8Array, source: string): Promise<Frame> {
  await ensureStarted(engine);
  // A fresh copy: a Buffer from a pool would take the whole pool to the worker.
  return isPgm(bytes) ? readPgm(bytes, source) : engine.call('decode', new Uint8Array(bytes), { source });
}
