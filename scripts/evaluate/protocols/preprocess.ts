/**
 * What preprocessing wins back: LFW pairs whose images are degraded in stated ways, recognised without preprocessing,
 * with the step that fits the fault, and with the automatic step.
 */
import { dot } from '../../../lib/core/vector';
import type { Engine } from '../../../lib/engine/engine';
import { messageOf } from '../../../lib/core/errors';
import type { Frame } from '../../../lib/image/frame';
import { toSteps, type Step } from '../../../lib/preprocess/steps';
import { DEGRADATIONS } from '../degrade';
import { verify } from '../metrics/verification';
import { decode, isImageFault } from '../pipeline/face-detector';
import { readText, requireFolder } from '../pipeline/files';
import type { ImageSource } from '../pipeline/image-set';
import { locatePerson } from '../pipeline/locate';
import { Progress } from '../../shared/progress';
import type { Protocol, SummaryRow } from '../protocol';
import { readLfwPairs } from '../readers/lfw';
import type { PairSet } from '../readers/pair-set';
import type { Session } from '../session';
import { percent, secondsSince } from '../text';
import { UsageError } from '../../shared/usage-error';

/** JPEG as a bad network camera sends it. */
const JPEG_QUALITY = 15;
/** Similarity of a pair in which a face was not found: it is never accepted. */
const UNDETECTED = -1;

/** What a person would choose who sees the fault. */
const MATCHING_STEPS: Readonly<Record<string, readonly Step[]>> = {
  darkGamma3: toSteps([{ id: 'gamma' }]),
  lowContrast: toSteps([{ id: 'stretch' }]),
  colourCast: toSteps([{ id: 'grey-world' }]),
  blur: toSteps([{ id: 'sharpen', radius: 2, amount: 150 }]),
  noise: toSteps([{ id: 'non-local-means', strength: 25 }]),
  jpeg15: toSteps([{ id: 'bilateral' }]),
  tilt30: toSteps([{ id: 'rotate', angle: -30, canvas: 'keep' }]),
  backlight: toSteps([{ id: 'clahe' }]),
};
const AUTO = toSteps([{ id: 'auto' }]);

interface Score {
  /** View 2 accuracy; pairs without a face in one of the images count as told apart. */
  readonly accuracy: number;
  /** Share of the images in which a face is found at the first attempt. */
  readonly facesFound: number;
}

type Degrade = (frame: Frame, engine: Engine) => Promise<Frame>;

const CLEAN: Degrade = (frame) => Promise.resolve(frame);

/** Every degradation by name, as issue and documentation list them. */
function degradations(): [string, Degrade][] {
  const pure = Object.entries(DEGRADATIONS).map(([name, degrade]): [string, Degrade] => [
    name,
    (frame) => Promise.resolve(degrade(frame)),
  ]);
  const jpeg: Degrade = async (frame, engine) => {
    const bytes = await engine.call('encode', frame, { format: 'jpeg', quality: JPEG_QUALITY });
    return engine.call('decode', bytes, {});
  };
  return [...pure, ['jpeg15', jpeg]];
}

export const preprocess: Protocol = {
  name: 'preprocess',
  help: 'LFW pairs degraded in stated ways, with and without preprocessing',
  usage: '--images DIR --pairs FILE [--only NAME] [--steps LIST]',
  options: [
    { name: 'images', value: 'DIR', help: 'folder with one folder for each person' },
    { name: 'pairs', value: 'FILE', help: 'pairs.txt' },
    { name: 'only', value: 'NAME', help: 'one degradation, or "clean"' },
    {
      name: 'steps',
      value: 'LIST',
      help: 'steps of your own to measure as well, as JSON: [{"id":"equalise"}]',
    },
  ],
  async run(args, session) {
    const started = performance.now();
    const images = await requireFolder(args.required('images'), '--images');
    const file = args.required('pairs');
    const set = readLfwPairs(await readText(file, '--pairs'), file, images);
    const only = args.optional('only');
    const own = ownSteps(args.optional('steps'));
    const score = (label: string, degrade: Degrade, steps: readonly Step[]): Promise<Score> =>
      scoreOf(set, session, label, degrade, steps);
    const scoreOwn = async (name: string, degrade: Degrade): Promise<{ own?: Score }> =>
      own ? { own: await score(`${name}, own steps`, degrade, own) } : {};

    const clean =
      only === undefined || only === 'clean'
        ? {
            none: await score('clean', CLEAN, []),
            auto: await score('clean, auto', CLEAN, AUTO),
            ...(await scoreOwn('clean', CLEAN)),
          }
        : undefined;
    const results = [];
    for (const [name, degrade] of degradations()) {
      if (only !== undefined && only !== name) continue;
      results.push({
        name,
        none: await score(name, degrade, []),
        step: await score(`${name}, ${MATCHING_STEPS[name]![0]!.id}`, degrade, MATCHING_STEPS[name]!),
        auto: await score(`${name}, auto`, degrade, AUTO),
        ...(await scoreOwn(name, degrade)),
      });
    }
    return {
      title: 'Preprocessing of degraded LFW images',
      result: {
        protocol: 'preprocess',
        model: session.model.id,
        ...(clean && { clean }),
        degradations: results,
        steps: MATCHING_STEPS,
        ...(own && { ownSteps: own }),
        images: set.images.length,
        pairs: set.folds.flat().length,
        seconds: secondsSince(started),
      },
      summary: [
        ...(clean ? [row('clean', clean)] : []),
        ...results.map(({ name, none, step, ...others }) =>
          row(name, { none, [MATCHING_STEPS[name]![0]!.id]: step, ...others }),
        ),
      ],
      sections: () => Promise.resolve([]),
    };
  },
};

/** @throws UsageError that names what is wrong with the list */
function ownSteps(text: string | undefined): readonly Step[] | undefined {
  if (text === undefined) return undefined;
  try {
    return toSteps(JSON.parse(text), '--steps');
  } catch (error) {
    throw new UsageError(
      error instanceof SyntaxError
        ? `Expected a JSON list for --steps but received ${text}`
        : messageOf(error),
    );
  }
}

function row(label: string, scores: Readonly<Record<string, Score>>): SummaryRow {
  const cells = Object.entries(scores).map(
    ([name, { accuracy, facesFound }]) => `${name} ${percent(accuracy)} (faces ${percent(facesFound, 1)})`,
  );
  return { label, value: cells.join(', ') };
}

async function scoreOf(
  set: PairSet,
  session: Session,
  label: string,
  degrade: Degrade,
  steps: readonly Step[],
): Promise<Score> {
  const progress = new Progress(label, set.images.length);
  const faces = await session.pool.map(set.images, async (image, engine) => {
    const face = await embed(image, engine, session, degrade, steps);
    progress.step();
    return face;
  });
  progress.end();
  const readable = faces.filter((face) => face !== 'unreadable');
  const folds = set.folds.map((pairs) =>
    pairs.flatMap(({ a, b, same }) => {
      const one = faces[a];
      const two = faces[b];
      if (one === 'unreadable' || two === 'unreadable') return [];
      return [{ same, similarity: one && two ? dot(one.embedding, two.embedding) : UNDETECTED }];
    }),
  );
  const { accuracy } = verify(folds.filter((fold) => fold.length > 0));
  return { accuracy, facesFound: readable.filter((face) => face?.first).length / readable.length };
}

interface Found {
  readonly embedding: Float32Array;
  /** The face was found at the first attempt. */
  readonly first: boolean;
}

/** undefined: no face in the image. */
async function embed(
  image: ImageSource,
  engine: Engine,
  { model, flip }: Session,
  degrade: Degrade,
  steps: readonly Step[],
): Promise<Found | undefined | 'unreadable'> {
  try {
    const frame = await degrade(await decode(engine, await image.read(), image.name), engine);
    const seen =
      steps.length === 0
        ? frame
        : (await engine.call('preprocess', frame, {}, { steps, target: 'frame' })).frame;
    const located = await locatePerson(engine, seen);
    if (!located) return undefined;
    const [embedded] = await engine.call('embed', seen, [located.landmarks], { model, flip, crops: false });
    return { embedding: embedded!.embedding, first: located.attempt === 'normal' };
  } catch (error) {
    if (!isImageFault(error)) throw error;
    return 'unreadable';
  }
}
