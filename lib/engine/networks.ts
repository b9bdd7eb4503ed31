/** The sessions of one engine: the provider is chosen once, each network is loaded when it is first needed. */
import { checkCropNetwork } from '../face-models/crop-network';
import type { Detector } from '../detect/detector';
import { openDetector } from '../detect/open';
import { CHANNELS } from '../image/frame';
import { openNetwork } from '../inference/backends/onnxruntime';
import type { Network } from '../inference/network';
import { runSingle } from '../inference/single';
import type { Provider } from '../inference/provider-names';
import { chooseProvider, type ChosenProvider } from '../inference/providers';
import {
  findDetectModel,
  findDetector,
  findFaceModel,
  readManifest,
  requireModel,
  type DetectorEntry,
  type EmbedModel,
  type FaceModel,
} from '../models/manifest';
import { verifyModelFile } from '../models/verify';
import { PromiseCache } from '../core/promise-cache';
import type { ThreadOptions } from './protocol';

/** The job that providers are compared on: P-Net over a small picture, best of a few runs. The first one compiles. */
const TRIAL_SIZE = { width: 320, height: 240 };
const TRIAL_RUNS = 4;
/** No run is started after this many milliseconds, apart from the second: a slow provider has shown what it can do. */
const TRIAL_BUDGET_MS = 300;

export class Networks {
  private readonly chosen = new PromiseCache<ChosenProvider>();
  private readonly opened = new PromiseCache<Network>();

  constructor(private readonly options: ThreadOptions) {}

  get threads(): number {
    return this.options.threads;
  }

  /** @throws ArcFlowError PROVIDER_UNAVAILABLE when an explicit choice does not run. */
  provider(): Promise<ChosenProvider> {
    return this.chosen.get('provider', () =>
      chooseProvider(this.options.provider, (provider) => this.trial(provider)),
    );
  }

  /** The network in a file. */
  open(path: string): Promise<Network> {
    return this.opened.get(path, () => this.load(path));
  }

  /** A network that embeds; see openFaceModel. */
  openEmbedder(model: EmbedModel): Promise<Network> {
    return this.openFaceModel(model, model.dimension);
  }

  /** The network of a face model in the manifest, and what the manifest says of it; see openFaceModel. */
  async openReader(id: string): Promise<{ readonly model: FaceModel; readonly network: Network }> {
    const model = findFaceModel(readManifest(this.options.manifest), id);
    return { model, network: await this.openFaceModel(model, model.output.labels.length) };
  }

  /**
   * A network on crops of faces, checked against its declaration when it is loaded.
   * @param outputs numbers that it gives for a face
   * @throws ArcFlowError MODEL_MISSING or MODEL_MISMATCH that says what differs
   */
  private openFaceModel(model: EmbedModel | FaceModel, outputs: number): Promise<Network> {
    // The same file may be declared in two ways, of which one is wrong.
    const declaration = JSON.stringify([model.path, model.input, outputs]);
    return this.opened.get(declaration, async () => {
      verifyModelFile(model);
      const network = await this.load(model.path);
      try {
        await checkCropNetwork(model, outputs, network);
      } catch (error) {
        await network.release();
        throw error;
      }
      return network;
    });
  }

  /** Releases what was loaded; nothing may run any more. */
  async close(): Promise<void> {
    const networks = await this.opened.clear();
    await Promise.all(networks.map((network) => network.release()));
  }

  private async load(path: string): Promise<Network> {
    const { provider } = await this.provider();
    return openNetwork(path, { provider, threads: this.threads });
  }

  /** The detector that a manifest describes, with networks of the shipped manifest and of the user's own. */
  async openDetector(entry: DetectorEntry): Promise<Detector> {
    const manifest = readManifest(this.options.manifest);
    const { provider } = await this.provider();
    const load = async (id: string) => {
      const model = findDetectModel(manifest, id);
      verifyModelFile(model);
      return { model, network: await this.open(model.path) };
    };
    return openDetector(entry, load, provider);
  }

  /** @throws ArcFlowError MODEL_MISSING that names the detectors there are */
  detectorEntry(id: string): DetectorEntry {
    return findDetector(readManifest(this.options.manifest).detectors, id);
  }

  private async trial(provider: Provider): Promise<number> {
    const network = await openNetwork(requireModel('mtcnn-pnet').path, { provider, threads: this.threads });
    try {
      const { width, height } = TRIAL_SIZE;
      const image = new Float32Array(CHANNELS * width * height);
      let best = Infinity;
      const begun = performance.now();
      for (let run = 0; run < TRIAL_RUNS; run++) {
        const started = performance.now();
        if (run >= 2 && started - begun > TRIAL_BUDGET_MS) break;
        await runSingle(network, image, [1, CHANNELS, height, width]);
        best = Math.min(best, performance.now() - started);
      }
      return best;
    } finally {
      await network.release();
    }
  }
}
