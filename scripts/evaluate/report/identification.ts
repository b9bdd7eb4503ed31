/** The report's part on identification: names given rightly against strangers named, distractors, the worst errors. */
import type { Answer, IdentificationPoint, RankAmong } from '../metrics/identification';
import { justAbove, Scores } from '../metrics/roc';
import { histogram } from '../../shared/statistics';
import type { FaceEmbedder } from '../pipeline/face-embedder';
import type { ImageSource } from '../pipeline/image-set';
import type { Section } from '../protocol';
import { percent, similarityText } from '../text';
import { renderSheet, type Tile } from './contact-sheet';
import { COLOURS, renderPlot, type Axis } from './svg';

export type JudgedAnswer = Answer & {
  /** Indices of the probe and of the gallery's most similar sample; no sample where no face was found. */
  readonly probe: number;
  readonly sample?: number;
};

export interface IdentificationReport {
  readonly answers: readonly JudgedAnswer[];
  readonly points: readonly IdentificationPoint[];
  readonly ranks: readonly RankAmong[];
  readonly images: readonly ImageSource[];
  readonly embedder: FaceEmbedder;
}

const MOST_TILES = 24;
const BINS = 60;
const shares: Pick<Axis, 'scale' | 'high' | 'format'> = {
  scale: 'linear',
  high: 1,
  format: (share) => percent(share, 0),
};

export async function identificationSections(report: IdentificationReport): Promise<Section[]> {
  const { answers, points, ranks } = report;
  const strangers = answers.filter(({ person }) => person === null);
  return [
    ...(strangers.length > 0
      ? [{ title: 'Known people named, strangers named', html: ratesPlot(answers, points) }]
      : []),
    { title: 'Similarity of the most similar person', html: histogramPlot(answers, points[0]) },
    ...(ranks.length > 0 ? [{ title: 'Rank 1 among distractors', html: distractorPlot(ranks) }] : []),
    { title: 'Worst errors', html: await errorSheets(report) },
  ];
}

function ratesPlot(answers: readonly Answer[], points: readonly IdentificationPoint[]): string {
  const known = answers.filter(({ person }) => person !== null);
  const named = new Scores(known.filter(isRight).map(({ similarity }) => similarity));
  const strangers = new Scores(
    answers.filter(({ person }) => person === null).map(({ similarity }) => similarity),
  );
  const curve = Array.from({ length: strangers.count }, (_, rank) => ({
    x: (rank + 1) / strangers.count,
    y: named.atLeast(justAbove(strangers.at(rank + 1))) / known.length,
  }));
  const lowest = Math.min(...curve.map(({ y }) => y));
  return renderPlot({
    x: {
      label: 'Strangers given a name (FPIR)',
      scale: 'log',
      low: 10 ** Math.floor(Math.log10(1 / Math.max(10, strangers.count))),
      high: 1,
      format: (rate) => String(Number(rate.toPrecision(1))),
    },
    y: {
      label: 'Known people named rightly (TPIR)',
      ...shares,
      low: Math.max(0, Math.floor(lowest * 20) / 20 - 0.05),
    },
    lines: [{ label: 'This model', colour: COLOURS.blue, points: curve }],
    marks: points
      .filter(({ fpir }) => fpir > 0)
      .map(({ wanted, fpir, tpir }) => ({
        x: fpir,
        y: tpir,
        label: `${percent(tpir)} at ${percent(wanted, 0)}`,
      })),
  });
}

function histogramPlot(answers: readonly Answer[], point: IdentificationPoint | undefined): string {
  const of = (chosen: readonly Answer[]) =>
    histogram(
      chosen.map(({ similarity }) => similarity),
      0,
      1,
      BINS,
    ).shares;
  const bars = [
    {
      label: 'Strangers',
      colour: COLOURS.orange,
      low: 0,
      high: 1,
      values: of(answers.filter(({ person }) => person === null)),
    },
    {
      label: 'Known people',
      colour: COLOURS.blue,
      low: 0,
      high: 1,
      values: of(answers.filter(({ person }) => person !== null)),
    },
  ];
  return renderPlot({
    x: { label: 'Cosine similarity', scale: 'linear', low: 0, high: 1, format: (value) => value.toFixed(1) },
    y: {
      label: 'Share of the probes of their kind',
      ...shares,
      low: 0,
      high: Math.max(...bars.flatMap(({ values }) => values)) * 1.1,
    },
    bars,
    marks:
      point && Number.isFinite(point.threshold)
        ? [
            {
              x: point.threshold,
              label: `FPIR ${percent(point.wanted, 0)} at ${similarityText(point.threshold)}`,
            },
          ]
        : [],
  });
}

function distractorPlot(ranks: readonly RankAmong[]): string {
  const lowest = Math.min(...ranks.map(({ rank1 }) => rank1));
  return renderPlot({
    x: {
      label: 'Distractors',
      scale: 'log',
      low: Math.min(10, ...ranks.map(({ distractors }) => distractors)),
      high: Math.max(100, ...ranks.map(({ distractors }) => distractors)),
      format: (count) => count.toLocaleString('en'),
    },
    y: { label: 'Rank 1', ...shares, low: Math.max(0, Math.floor(lowest * 20) / 20 - 0.05) },
    lines: [
      {
        label: 'This model',
        colour: COLOURS.blue,
        points: ranks.map(({ distractors, rank1 }) => ({ x: distractors, y: rank1 })),
      },
    ],
    marks: ranks.map(({ distractors, rank1 }) => ({ x: distractors, y: rank1, label: percent(rank1) })),
  });
}

async function errorSheets({ answers, images, embedder }: IdentificationReport): Promise<string> {
  const wrong = answers.filter((answer) => answer.person !== null && !isRight(answer));
  const strangers = answers.filter(({ person }) => person === null);
  const tiles = (chosen: readonly JudgedAnswer[]) =>
    Promise.all(
      chosen
        .slice(0, MOST_TILES)
        .map(async ({ probe, sample, person, candidate, similarity }): Promise<Tile> => {
          const shown = [images[probe]!, ...(sample === undefined ? [] : [images[sample]!])];
          return {
            images: await Promise.all(shown.map((image) => embedder.thumbnail(image))),
            headline: sample === undefined ? 'no face found' : `similarity ${similarityText(similarity)}`,
            lines: [
              images[probe]!.name,
              sample === undefined ? '' : `taken for ${candidate}`,
              person === null ? 'a stranger' : '',
            ],
          };
        }),
    );
  const bySimilarity = (a: Answer, b: Answer) => b.similarity - a.similarity;
  return [
    renderSheet(
      'Known people taken for somebody else',
      await tiles(wrong.sort(bySimilarity)),
      'Every known probe is nearest to its own person.',
    ),
    renderSheet(
      'Strangers most like somebody known',
      await tiles(strangers.sort(bySimilarity)),
      'There are no strangers in the list.',
    ),
  ].join('');
}

function isRight({ person, candidate }: Answer): boolean {
  return person === candidate;
}
