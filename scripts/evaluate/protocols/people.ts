/**
 * All pairs of a folder with one folder for each person. The impostor pairs number millions where a verification list
 * has thousands, so that the threshold for one false accept in a hundred thousand can be read off: the gallery's
 * default threshold comes from here.
 */
import { imageCounts, imageRows } from '../image-counts';
import { scoreAllPairs, type PairScore } from '../metrics/all-pairs';
import { areaUnderRoc, equalErrorRate, justAbove, operatingPoint, Scores } from '../metrics/roc';
import { requireFolder } from '../pipeline/files';
import type { Outcome, Protocol } from '../protocol';
import { readPeople, type PersonImage } from '../readers/people';
import { MOST_ERRORS, verificationSections, type JudgedPair } from '../report/verification';
import type { Session } from '../session';
import { percent, secondsSince, similarityText } from '../text';

const RATES: readonly (readonly [string, number])[] = [
  ['1e-2', 1e-2],
  ['1e-3', 1e-3],
  ['1e-4', 1e-4],
  ['1e-5', 1e-5],
];
/** The false accept rate that the gallery's default threshold stands for. */
const DEFAULT_RATE = '1e-3';
/** Impostor pairs looked at: about as many as LFW has; more are sampled. */
const MOST_IMPOSTORS = 20_000_000;

export const people: Protocol = {
  name: 'people',
  help: 'all pairs of a folder with one folder for each person: thresholds for rare false accepts',
  usage: '--people DIR [--leave-out NAME,NAME]',
  options: [
    { name: 'people', value: 'DIR', help: 'folder with one folder for each person' },
    { name: 'leave-out', value: 'NAMES', help: 'folders that are no person, such as group' },
  ],
  async run(args, session) {
    const folder = await requireFolder(args.required('people'), '--people');
    const leftOut = new Set((args.optional('leave-out') ?? '').split(',').filter((name) => name !== ''));
    return evaluatePeople(folder, await readPeople(folder, leftOut), session);
  },
};

async function evaluatePeople(
  folder: string,
  people: readonly PersonImage[],
  session: Session,
): Promise<Outcome> {
  const started = performance.now();
  const images = people.map(({ image }) => image);
  const embedder = await session.embedder();
  const embedded = await embedder.embedAll(images, 'people');
  // Where the sample came from, as an index into `images`.
  const samples = embedded.flatMap((result, index) =>
    result.status === 'embedded'
      ? [{ person: people[index]!.person, embedding: result.embedding, index }]
      : [],
  );
  const scores = scoreAllPairs(samples, MOST_IMPOSTORS, MOST_ERRORS);
  const genuine = new Scores(scores.genuine);
  const impostor = new Scores(scores.impostor);
  if (genuine.count === 0 || impostor.count === 0) {
    throw new Error(`Expected at least two people in ${folder}, one of them twice, whose faces are found`);
  }
  const points = RATES.map(([, rate]) => operatingPoint(genuine, impostor, rate)).filter(
    ({ resolved }) => resolved,
  );
  const keys = RATES.slice(0, points.length).map(([key]) => key);
  const point = points[keys.indexOf(DEFAULT_RATE)];
  // With too few pairs for that rate, the plots show the threshold of no false accept.
  const threshold = point?.threshold ?? justAbove(impostor.at(0));
  const counts = imageCounts(images, embedded);
  const count = new Set(people.map(({ person }) => person)).size;
  const toJudged =
    (same: boolean) =>
    (pair: PairScore): JudgedPair => ({
      a: samples[pair.a]!.index,
      b: samples[pair.b]!.index,
      same,
      similarity: pair.similarity,
    });
  return {
    title: `All pairs of ${count} people`,
    result: {
      protocol: 'people',
      model: session.model.id,
      flip: session.flip,
      threshold: point?.threshold ?? null,
      tar: Object.fromEntries(keys.map((key, index) => [key, points[index]!.tar])),
      thresholds: Object.fromEntries(keys.map((key, index) => [key, points[index]!.threshold])),
      auc: areaUnderRoc(genuine, impostor),
      equalErrorRate: equalErrorRate(genuine, impostor),
      people: count,
      genuinePairs: genuine.count,
      impostorPairs: impostor.count,
      impostorPairsInAll: scores.impostorTotal,
      ...counts,
      seconds: secondsSince(started),
    },
    summary: [
      ...points.map(({ tar, threshold: at }, index) => ({
        label: `TAR at FAR ${keys[index]!}`,
        value: `${percent(tar)} at ${similarityText(at)}`,
      })),
      { label: 'Equal error rate', value: percent(equalErrorRate(genuine, impostor)) },
      { label: 'Pairs', value: `${genuine.count} genuine, ${impostor.count} impostor` },
      ...imageRows(counts),
      { label: 'Model', value: `${session.model.id}${session.flip ? ', flip averaged' : ''}` },
    ],
    sections: () =>
      verificationSections({
        genuine,
        impostor,
        points,
        threshold,
        errors: {
          rejected: scores.leastSimilar
            .filter(({ similarity }) => similarity < threshold)
            .map(toJudged(true)),
          accepted: scores.mostSimilar
            .filter(({ similarity }) => similarity >= threshold)
            .map(toJudged(false)),
        },
        images,
        embedder,
      }),
  };
}
