/** What a run needs beyond its own options: the engines, the chosen model, the cache. Opened when first used. */
import { join } from 'node:path';
import { PROVIDERS, type ProviderChoice } from '../../lib/inference/provider-names';
import { DEFAULT_EMBED_MODEL, embedModels, readManifest, type EmbedModel } from '../../lib/models/manifest';
import { packageRoot } from '../../lib/core/package-root';
import { verifyModelFile } from '../../lib/models/verify';
import type { Arguments } from '../shared/arguments';
import { EnginePool } from './pipeline/engine-pool';
import { FaceDetector } from './pipeline/face-detector';
import { FaceEmbedder } from './pipeline/face-embedder';
import { UsageError } from '../shared/usage-error';

const MOST_WORKERS = 256;

export class Session {
  readonly model: EmbedModel;
  readonly flip: boolean;
  readonly cacheFolder: string | undefined;
  /** The user's own, besides the shipped one. */
  readonly manifest: string | undefined;
  private readonly provider: ProviderChoice;
  private readonly args: Arguments;
  private opened: EnginePool | undefined;
  private readonly closing: (() => Promise<void>)[] = [];

  /** @throws UsageError for an unknown model or provider */
  constructor(args: Arguments) {
    this.args = args;
    this.manifest = args.optional('manifest');
    this.model = chooseModel(args.optional('model') ?? DEFAULT_EMBED_MODEL, this.manifest);
    this.flip = args.flag('flip');
    this.provider = args.choice('provider', PROVIDERS, 'cpu');
    const folder = args.optional('cache') ?? join(packageRoot(), '.cache', 'evaluate');
    // Nothing here can tell which GPU computes with which driver, and `auto` decides anew in every run.
    this.cacheFolder = args.flag('no-cache') || this.provider !== 'cpu' ? undefined : folder;
  }

  get pool(): EnginePool {
    this.opened ??= new EnginePool({
      provider: this.provider,
      manifest: this.manifest,
      workers: this.args.number('workers', 0, { min: 1, max: MOST_WORKERS }),
    });
    return this.opened;
  }

  async embedder(): Promise<FaceEmbedder> {
    const { model, flip, cacheFolder } = this;
    verifyModelFile(model);
    const embedder = await FaceEmbedder.open(this.pool, { model, flip, cacheFolder });
    this.closing.push(() => embedder.close());
    return embedder;
  }

  detector(): FaceDetector {
    const detector = new FaceDetector(this.pool, readManifest(this.manifest), this.cacheFolder);
    this.closing.push(() => detector.close());
    return detector;
  }

  /** Writes what is cached and ends the engines. */
  async close(): Promise<void> {
    for (const close of this.closing) await close();
    await this.opened?.close();
  }
}

function chooseModel(id: string, manifest: string | undefined): EmbedModel {
  const models = embedModels(readManifest(manifest));
  const found = models.find((model) => model.id === id);
  if (found) return found;
  throw new UsageError(
    `No model ${id} is known for --model; there are ${models.map((model) => model.id).join(', ')}`,
  );
}
