/** Before and after, for the edit dialog: an engine of its own that runs while somebody looks. */
import { Engine } from '../../lib/engine/engine';
import { toImageInput } from '../../lib/image/input';
import type { Frame } from '../../lib/image/frame';
import { toSteps } from '../../lib/preprocess/steps';
import { PREPROCESS_TARGETS } from '../../lib/preprocess/target';
import { isRecord, oneOf } from '../../lib/validate';

/** An editor that was closed asks no more; its engine goes after this long. */
const IDLE_MS = 60_000;

export interface PreviewAnswer {
  /** Data URLs. */
  readonly before: string;
  readonly after: string;
  readonly histograms: { readonly before: readonly number[]; readonly after: readonly number[] };
  /** What each step found or did, in order. */
  readonly report: readonly object[];
}

export class Preview {
  private engine: Engine | undefined;
  private idle: NodeJS.Timeout | undefined;

  /**
   * @param request { steps, target, image? }: the image is a data URL of the user's own picture
   * @param last the last frame that passed the node, shown when there is no image
   * @throws ArcFlowError that names what is wrong with a step
   */
  async answer(request: unknown, last: Frame | undefined): Promise<PreviewAnswer> {
    const { steps, target, image } = isRecord(request) ? request : {};
    const engine = this.wake();
    const { before, after, histograms, report } = await engine.call(
      'preview',
      image === undefined ? last : toImageInput(image, 'image'),
      { steps: toSteps(steps), target: oneOf(target, 'target', PREPROCESS_TARGETS) },
    );
    return { before: toDataUrl(before), after: toDataUrl(after), histograms, report };
  }

  async close(): Promise<void> {
    clearTimeout(this.idle);
    const { engine } = this;
    this.engine = undefined;
    await engine?.close();
  }

  private wake(): Engine {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => void this.close(), IDLE_MS).unref();
    this.engine ??= new Engine({ provider: 'cpu', threads: 1 });
    return this.engine;
  }
}

function toDataUrl(jpeg: Uint8Array): string {
  return `data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}`;
}
