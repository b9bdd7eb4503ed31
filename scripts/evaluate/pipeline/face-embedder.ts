/**
 * From images to embeddings by the product's own path: decode, detect, align, embed. What was computed before comes
 * from the cache; an image that cannot be read is noted and passed over.
 */
import { TEMPLATE, ALIGNED_SIZE } from '../../../lib/face-models/align';
import type { Engine } from '../../../lib/engine/engine';
import { messageOf } from '../../../lib/core/errors';
import { LANDMARK_NAMES, type Landmarks } from '../../../lib/core/face';
import type { EncodeOptions } from '../../../lib/image/encode';
import type { Frame } from '../../../lib/image/frame';
import { DEFAULT_DETECTOR, findDetector, readManifest, type EmbedModel } from '../../../lib/models/manifest';
import { isRecord } from '../../../lib/core/validate';
import { jpegUri } from '../report/html';
import type { EnginePool } from './engine-pool';
import { decode, isImageFault, networksOf } from './face-detector';
import { fingerprint } from './fingerprint';
import type { ImageSource } from './image-set';
import { ATTEMPTS, locatePerson, type Attempt, type Located } from './locate';
import { Progress } from '../../shared/progress';
import { contentKey, ResultCache, type Codec } from './result-cache';

export type EmbeddedImage =
  | { readonly status: 'embedded'; readonly embedding: Float32Array; readonly attempt: Attempt | 'aligned' }
  | { readonly status: 'undetected' }
  | { readonly status: 'unreadable'; readonly reason: string };

export interface EmbedderOptions {
  readonly model: EmbedModel;
  readonly flip: boolean;
  /** Where results are kept; undefined keeps none. */
  readonly cacheFolder: string | undefined;
}

/** Of thumbnails in the report. */
const THUMBNAIL: EncodeOptions = { format: 'jpeg', quality: 88 };

/** null: no face in the image. */
type LocatedOrNone = Located | null;

export class FaceEmbedder {
  private constructor(
    private readonly pool: EnginePool,
    private readonly options: EmbedderOptions,
    private readonly located: ResultCache<LocatedOrNone>,
    private readonly embeddings: ResultCache<Float32Array>,
  ) {}

  static async open(pool: EnginePool, options: EmbedderOptions): Promise<FaceEmbedder> {
    const { model, flip, cacheFolder } = options;
    const manifest = readManifest();
    const networks = networksOf(manifest, findDetector(manifest.detectors, DEFAULT_DETECTOR));
    const detection = fingerprint(
      networks.map(({ path }) => path),
      'locate one person',
    );
    const { input, dimension } = model;
    const embedding = fingerprint([model.path], { detection, input, dimension, flip });
    return new FaceEmbedder(
      pool,
      options,
      await ResultCache.open(cacheFolder, `faces-${detection}`, locatedCodec),
      await ResultCache.open(cacheFolder, `embeddings-${embedding}`, embeddingCodec),
    );
  }

  /** One result for each image, in the same order. */
  async embedAll(images: readonly ImageSource[], label: string): Promise<EmbeddedImage[]> {
    const progress = new Progress(label, images.length);
    try {
      return await this.pool.map(images, async (image, engine) => {
        const result = await this.embedOrNote(image, engine);
        progress.step();
        return result;
      });
    } finally {
      progress.end();
    }
  }

  /** The aligned crop that an image's embedding is made from, as a JPEG data URI; undefined where there is none. */
  async thumbnail(image: ImageSource): Promise<string | undefined> {
    const [uri] = await this.pool.map([image], async (source, engine) => {
      const bytes = await source.read();
      const frame = await decode(engine, bytes, source.name);
      const landmarks = await this.landmarksOf(source, contentKey(bytes), frame, engine);
      if (!landmarks) return undefined;
      const { model } = this.options;
      const [embedded] = await engine.call('embed', frame, [landmarks], { model, flip: false, crops: true });
      return jpegUri(await engine.call('encode', embedded!.crop!, THUMBNAIL));
    });
    return uri;
  }

  async close(): Promise<void> {
    await this.located.close();
    await this.embeddings.close();
  }

  private async embedOrNote(image: ImageSource, engine: Engine): Promise<EmbeddedImage> {
    try {
      return await this.embed(image, engine);
    } catch (error) {
      if (!isImageFault(error)) throw error;
      return { status: 'unreadable', reason: messageOf(error) };
    }
  }

  private async embed(image: ImageSource, engine: Engine): Promise<EmbeddedImage> {
    const bytes = await image.read();
    const key = contentKey(bytes);
    const aligned = image.aligned === true;
    // The same picture may be a crop in one set and a photograph in another.
    const embeddingKey = aligned ? `aligned-${key}` : key;

    let embedding = this.embeddings.get(embeddingKey);
    if (!embedding) {
      if (!aligned && this.located.get(key) === null) return { status: 'undetected' };
      const frame = await decode(engine, bytes, image.name);
      const landmarks = await this.landmarksOf(image, key, frame, engine);
      if (!landmarks) return { status: 'undetected' };
      const { model, flip } = this.options;
      const [embedded] = await engine.call('embed', frame, [landmarks], { model, flip, crops: false });
      embedding = embedded!.embedding;
      this.embeddings.set(embeddingKey, embedding);
    }
    return { status: 'embedded', embedding, attempt: aligned ? 'aligned' : this.located.get(key)!.attempt };
  }

  private async landmarksOf(
    image: ImageSource,
    key: string,
    frame: Frame,
    engine: Engine,
  ): Promise<Landmarks | undefined> {
    if (image.aligned === true) return templateFor(frame);
    let located = this.located.get(key);
    if (located === undefined) {
      located = (await locatePerson(engine, frame)) ?? null;
      this.located.set(key, located);
    }
    return located?.landmarks;
  }
}

/** Where the landmarks lie in a crop that was aligned by others: the transform is then a mere scaling. */
function templateFor({ width }: Frame): Landmarks {
  const scale = width / ALIGNED_SIZE;
  const points = LANDMARK_NAMES.map((name, index) => {
    const { x, y } = TEMPLATE[index]!;
    return [name, { x: x * scale, y: y * scale }];
  });
  return Object.fromEntries(points) as Landmarks;
}

const locatedCodec: Codec<LocatedOrNone> = {
  encode: (located) => located,
  decode: (value) => {
    if (value === null) return null;
    const known = isRecord(value) && ATTEMPTS.some((attempt) => attempt === value['attempt']);
    return known && isRecord(value['landmarks']) ? (value as unknown as Located) : undefined;
  },
};

const embeddingCodec: Codec<Float32Array> = {
  encode: (embedding) =>
    Buffer.from(embedding.buffer, embedding.byteOffset, embedding.byteLength).toString('base64'),
  decode: (value) => {
    if (typeof value !== 'string') return undefined;
    const bytes = new Uint8Array(Buffer.from(value, 'base64'));
    return bytes.length > 0 && bytes.length % 4 === 0 ? new Float32Array(bytes.buffer) : undefined;
  },
};
