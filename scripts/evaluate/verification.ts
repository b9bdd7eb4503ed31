/** What all verification protocols share: from pairs of images to accuracy, rates and the report. */
import { dot } from '../../lib/core/vector';
import { imageCounts, imageRows } from './image-counts';
import { Scores, areaUnderRoc, equalErrorRate, operatingPoint } from './metrics/roc';
import { verify, type ScoredPair } from './metrics/verification';
import type { EmbeddedImage } from './pipeline/face-embedder';
import type { ImageSource } from './pipeline/image-set';
import type { Outcome, SummaryRow } from './protocol';
import type { Pair, PairSet } from './readers/pair-set';
import { verificationSections, worstErrors, type JudgedPair } from './report/verification';
import type { Session } from './session';
import { percent, secondsSince, similarityText } from './text';

/** False accept rates at which the true accept rate is reported: the key in the JSON and the rate. */
const FALSE_ACCEPT_RATES: readonly (readonly [string, number])[] = [
  ['1e-2', 1e-2],
  ['1e-3', 1e-3],
];

/** Similarity of a pair in which a face was not found: it is never accepted. */
const UNDETECTED = -1;

/** Runs a verification set and judges it fold by fold. */
export async function evaluatePairs(
  name: string,
  title: string,
  set: PairSet,
  session: Session,
): Promise<Outcome> {
  const started = performance.now();
  const embedder = await session.embedder();
  const embedded = await embedder.embedAll(set.images, name);
  const folds = set.folds.map((pairs) => pairs.flatMap((pair) => judge(pair, embedded)));
  const pairs = folds.flat();
  requirePairs(pairs, embedded, set.images);

  const verification = verify(folds.filter((fold) => fold.length > 0));
  const genuine = new Scores(similarities(pairs, true));
  const impostor = new Scores(similarities(pairs, false));
  const points = FALSE_ACCEPT_RATES.map(([, rate]) => operatingPoint(genuine, impostor, rate));
  const skipped = set.folds.flat().length - pairs.length;
  const counts = imageCounts(set.images, embedded);
  const { accuracy, std, threshold, crossValidated } = verification;
  return {
    title,
    result: {
      protocol: name,
      model: session.model.id,
      flip: session.flip,
      accuracy,
      std,
      threshold,
      crossValidated,
      tar: Object.fromEntries(FALSE_ACCEPT_RATES.map(([key], index) => [key, points[index]!.tar])),
      operatingPoints: points,
      auc: areaUnderRoc(genuine, impostor),
      equalErrorRate: equalErrorRate(genuine, impostor),
      folds: verification.folds,
      pairs: pairs.length,
      genuinePairs: genuine.count,
      impostorPairs: impostor.count,
      skippedPairs: skipped,
      ...counts,
      seconds: secondsSince(started),
    },
    summary: [
      {
        label: 'Accuracy',
        value: `${percent(accuracy)}${std === null ? '' : ` ± ${percent(std)} over ${folds.length} folds`}`,
      },
      {
        label: 'Threshold',
        value: `${similarityText(threshold)}${crossValidated ? '' : ' (chosen on these very pairs: one fold)'}`,
      },
      ...points.map(({ far, tar, threshold: at, resolved }): SummaryRow => ({
        label: `TAR at FAR ${far}`,
        value: `${percent(tar)} at ${similarityText(at)}${resolved ? '' : ' (no false accept: too few impostor pairs)'}`,
      })),
      { label: 'Pairs', value: `${genuine.count} genuine, ${impostor.count} impostor, ${skipped} left out` },
      ...imageRows(counts),
      { label: 'Model', value: `${session.model.id}${session.flip ? ', flip averaged' : ''}` },
    ],
    sections: () =>
      verificationSections({
        genuine,
        impostor,
        points,
        threshold,
        errors: worstErrors(pairs, threshold),
        images: set.images,
        embedder,
      }),
  };
}

/** No entry where an image could not be read: such a pair says nothing about the system. */
function judge(pair: Pair, embedded: readonly EmbeddedImage[]): JudgedPair[] {
  const a = embedded[pair.a]!;
  const b = embedded[pair.b]!;
  if (a.status === 'unreadable' || b.status === 'unreadable') return [];
  const bothFound = a.status === 'embedded' && b.status === 'embedded';
  return [{ ...pair, similarity: bothFound ? dot(a.embedding, b.embedding) : UNDETECTED }];
}

function requirePairs(
  pairs: readonly ScoredPair[],
  embedded: readonly EmbeddedImage[],
  images: readonly ImageSource[],
): void {
  if (pairs.some(({ same }) => same) && pairs.some(({ same }) => !same)) return;
  const index = embedded.findIndex(({ status }) => status === 'unreadable');
  const failed = embedded[index];
  const why = failed?.status === 'unreadable' ? `; ${images[index]!.name}: ${failed.reason}` : '';
  throw new Error(`No genuine or no impostor pair is left whose images can be read${why}`);
}

function similarities(pairs: readonly ScoredPair[], same: boolean): number[] {
  return pairs.filter((pair) => pair.same === same).map((pair) => pair.similarity);
}
