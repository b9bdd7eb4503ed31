/** The report's part on verification: the ROC, how far genuine and impostor pairs lie apart, the worst errors. */
import { rocCurve, Scores, type OperatingPoint } from '../metrics/roc';
import { histogram } from '../../shared/statistics';
import type { ScoredPair } from '../metrics/verification';
import type { FaceEmbedder } from '../pipeline/face-embedder';
import type { ImageSource } from '../pipeline/image-set';
import type { Section } from '../protocol';
import type { Pair } from '../readers/pair-set';
import { percent, similarityText } from '../text';
import { renderSheet, type Tile } from './contact-sheet';
import { COLOURS, renderPlot } from './svg';

export type JudgedPair = Pair & ScoredPair;

export interface VerificationReport {
  readonly genuine: Scores;
  readonly impostor: Scores;
  readonly points: readonly OperatingPoint[];
  readonly threshold: number;
  /** The pairs on the wrong side of the threshold, worst first. */
  readonly errors: WorstErrors;
  readonly images: readonly ImageSource[];
  readonly embedder: FaceEmbedder;
}

export interface WorstErrors {
  readonly rejected: readonly JudgedPair[];
  readonly accepted: readonly JudgedPair[];
}

/** Errors shown of either kind. */
export const MOST_ERRORS = 24;
const BINS = 80;

export function worstErrors(pairs: readonly JudgedPair[], threshold: number): WorstErrors {
  const rejected = pairs.filter(({ same, similarity }) => same && similarity < threshold);
  const accepted = pairs.filter(({ same, similarity }) => !same && similarity >= threshold);
  return {
    rejected: rejected.sort((a, b) => a.similarity - b.similarity).slice(0, MOST_ERRORS),
    accepted: accepted.sort((a, b) => b.similarity - a.similarity).slice(0, MOST_ERRORS),
  };
}

export async function verificationSections(report: VerificationReport): Promise<Section[]> {
  const { genuine, impostor, points, threshold } = report;
  return [
    { title: 'Receiver operating characteristic', html: rocPlot(genuine, impostor, points) },
    { title: 'Similarity of genuine and impostor pairs', html: histogramPlot(genuine, impostor, threshold) },
    { title: 'Worst errors', html: await errorSheets(report) },
  ];
}

function rocPlot(genuine: Scores, impostor: Scores, points: readonly OperatingPoint[]): string {
  const curve = rocCurve(genuine, impostor).filter(({ far }) => far > 0);
  const lowest = Math.min(...curve.map(({ tar }) => tar));
  return renderPlot({
    x: {
      label: 'False accept rate (impostor pairs accepted)',
      scale: 'log',
      low: 10 ** Math.floor(Math.log10(1 / Math.max(10, impostor.count))),
      high: 1,
      format: (rate) => rate.toLocaleString('en', { maximumSignificantDigits: 2, maximumFractionDigits: 9 }),
    },
    y: {
      label: 'True accept rate',
      scale: 'linear',
      low: Math.min(0.95, Math.max(0, Math.floor(lowest * 20) / 20 - 0.05)),
      high: 1,
      format: (rate) => percent(rate, 0),
    },
    lines: [
      {
        label: 'This model',
        colour: COLOURS.blue,
        points: curve.map(({ far, tar }) => ({ x: far, y: tar })),
      },
    ],
    marks: points
      .filter(({ measuredFar }) => measuredFar > 0)
      .map(({ far, measuredFar, tar }) => ({
        x: measuredFar,
        y: tar,
        label: `${percent(tar)} at FAR ${far}`,
      })),
  });
}

function histogramPlot(genuine: Scores, impostor: Scores, threshold: number): string {
  const low = Math.floor(10 * Math.min(impostor.at(impostor.count - 1), genuine.at(genuine.count - 1))) / 10;
  const series = (label: string, scores: Scores, colour: string) => {
    const { shares } = histogram(scores.values, low, 1, BINS);
    return { label, colour, low, high: 1, values: shares };
  };
  const bars = [
    series('Impostor pairs', impostor, COLOURS.orange),
    series('Genuine pairs', genuine, COLOURS.blue),
  ];
  return renderPlot({
    x: { label: 'Cosine similarity', scale: 'linear', low, high: 1, format: (value) => value.toFixed(1) },
    y: {
      label: 'Share of the pairs of its kind',
      scale: 'linear',
      low: 0,
      high: Math.max(...bars.flatMap(({ values }) => values)) * 1.1,
      format: (share) => percent(share, 0),
    },
    bars,
    marks: [{ x: threshold, label: `threshold ${similarityText(threshold)}` }],
  });
}

async function errorSheets({ errors, images, embedder }: VerificationReport): Promise<string> {
  const tiles = (pairs: readonly JudgedPair[]) =>
    Promise.all(
      pairs.map(async ({ a, b, similarity }): Promise<Tile> => {
        const pictures = await Promise.all(
          [images[a]!, images[b]!].map((image) => embedder.thumbnail(image)),
        );
        return {
          images: pictures,
          headline: pictures.includes(undefined)
            ? 'no similarity'
            : `similarity ${similarityText(similarity)}`,
          lines: [images[a]!.name, images[b]!.name],
        };
      }),
    );
  return [
    renderSheet(
      'Same person, rejected',
      await tiles(errors.rejected),
      'No genuine pair lies below the threshold.',
    ),
    renderSheet(
      'Different people, accepted',
      await tiles(errors.accepted),
      'No impostor pair reaches the threshold.',
    ),
  ].join('');
}
