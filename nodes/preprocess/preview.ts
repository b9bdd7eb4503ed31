/**
 * Before and after, for the edit dialog: an engine of its own that runs while somebody looks, so that no question holds
 * up a flow. One question is worked on and one waits; a newer one takes the place of the one that waits.
 */
import { Engine } from '../../lib/engine/engine';
import { ArcFlowError } from '../../lib/core/errors';
import type { Frame } from '../../lib/image/frame';
import { toSteps, type Step } from '../../lib/preprocess/steps';
import { PREPROCESS_TARGETS, type PreprocessTarget } from '../../lib/preprocess/target';
import { invalid, isRecord, oneOf } from '../../lib/core/validate';
import { LatestPerSource } from '../shared/latest';

/** An editor that was closed asks no more; its engine goes after this long. */
const IDLE_MS = 60_000;
/** One question takes the engine no longer, seconds: nobody waits so long for a preview. */
const LONGEST_S = 60;
/** Of a picture as a data URL, characters: far more than the 640 pixels that the dialog sends. */
const LONGEST_IMAGE = 4_000_000;

export interface PreviewAnswer {
  /** Data URLs. */
  readonly before: string;
  readonly after: string;
  readonly histograms: { readonly before: readonly number[]; readonly after: readonly number[] };
  /** What each step found or did, in order. */
  readonly report: readonly object[];
}

interface Question {
  readonly steps: readonly Step[];
  readonly target: PreprocessTarget;
  /** A data URL of the user's own picture. */
  readonly image: string | undefined;
}

export class Preview {
  private engine: Engine | undefined;
  private idle: NodeJS.Timeout | undefined;
  private readonly queue = new LatestPerSource();
  /** Counts the times that it was closed: what was asked before is not answered after. */
  private closings = 0;

  /**
   * @param request { steps, target, image? }: the image is a data URL of the user's own picture
   * @param last the last frame that passed the node, shown when there is no image
   * @returns undefined when a newer question came before this one had its turn
   * @throws ArcFlowError that names what is wrong with a step, or with the picture; ENGINE_CLOSED after close
   */
  async answer(request: unknown, last: Frame | undefined): Promise<PreviewAnswer | undefined> {
    const question = toQuestion(request);
    const { closings } = this;
    let answer: PreviewAnswer | undefined;
    await this.queue.run('preview', async () => {
      if (closings !== this.closings) throw closedError();
      answer = await this.compute(question, last);
    });
    return answer;
  }

  async close(): Promise<void> {
    clearTimeout(this.idle);
    this.closings++;
    const { engine } = this;
    this.engine = undefined;
    await engine?.close();
  }

  private async compute({ steps, target, image }: Question, last: Frame | undefined): Promise<PreviewAnswer> {
    clearTimeout(this.idle);
    const engine = (this.engine ??= new Engine({ provider: 'cpu', threads: 1, timeLimit: LONGEST_S }));
    try {
      const { before, after, histograms, report } = await engine.call('preview', image ?? last, {
        steps,
        target,
      });
      return { before: toDataUrl(before), after: toDataUrl(after), histograms, report };
    } finally {
      if (this.engine === engine) this.idle = setTimeout(() => void this.close(), IDLE_MS).unref();
    }
  }
}

function toQuestion(request: unknown): Question {
  const { steps, target, image } = isRecord(request) ? request : {};
  if (image !== undefined && typeof image !== 'string') throw invalid('a data URL', 'image', image);
  if (image !== undefined && image.length > LONGEST_IMAGE) {
    throw invalid(`at most ${LONGEST_IMAGE} characters`, 'the length of image', image.length);
  }
  return { steps: toSteps(steps), target: oneOf(target, 'target', PREPROCESS_TARGETS), image };
}

function closedError(): ArcFlowError {
  return new ArcFlowError(
    'ENGINE_CLOSED',
    'The preview was closed while this question waited',
    'preview closed',
  );
}

function toDataUrl(jpeg: Uint8Array): string {
  return `data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}`;
}
