/** Who is it, or is it nobody we know? Open-set identification, and rank 1 among distractors as in MegaFace. */
import { dirname, join } from 'node:path';
import { dot } from '../../../lib/core/vector';
import { raisedThreshold } from '../../../lib/gallery/open-set-threshold';
import { imageCounts, imageRows } from '../image-counts';
import {
  distractorCounts,
  identify,
  rankAmongDistractors,
  type Answer,
  type RankAmong,
  type RatesAt,
} from '../metrics/identification';
import { createRandom, shuffled } from '../../shared/random';
import type { EmbeddedImage } from '../pipeline/face-embedder';
import { isFolder, readText, requireFolder } from '../pipeline/files';
import type { ImageSource } from '../pipeline/image-set';
import type { Outcome, Protocol, SummaryRow } from '../protocol';
import { readIdentificationCsv, type IdentificationImage } from '../readers/identification-csv';
import { readImages } from '../readers/people';
import { identificationSections, type JudgedAnswer } from '../report/identification';
import type { Session } from '../session';
import { percent, secondsSince, similarityText } from '../text';

const RATES: readonly (readonly [string, number])[] = [
  ['1e-2', 0.01],
  ['5e-2', 0.05],
];
/** Which distractors come first: always the same ones. */
const SEED = 2016;

export const identification: Protocol = {
  name: 'identification',
  help: 'who is it: rank 1, strangers rejected, and rank 1 among distractors (MegaFace)',
  usage: '--list FILE [--images DIR] [--people N] [--distractors DIR]',
  options: [
    {
      name: 'list',
      value: 'FILE',
      help: 'a csv with the columns role (enrol, probe, unknown), person, path',
    },
    {
      name: 'images',
      value: 'DIR',
      help: 'what the paths are relative to (default: images beside the csv, or its folder)',
    },
    {
      name: 'people',
      value: 'N',
      help: 'enrol only the first N people of the list; pictures of the others are strangers',
    },
    {
      name: 'distractors',
      value: 'DIR',
      help: 'images of other people, to hide each probe’s own person among',
    },
  ],
  async run(args, session) {
    const file = args.required('list');
    const folder = await requireFolder(args.optional('images') ?? (await defaultFolder(file)), '--images');
    const all = readIdentificationCsv(await readText(file, '--list'), file, folder);
    const entries = firstPeople(all, args.number('people', Infinity, { min: 1, max: Infinity }));
    const distractorFolder = args.optional('distractors');
    const distractors =
      distractorFolder === undefined
        ? []
        : await readImages(await requireFolder(distractorFolder, '--distractors'));
    return evaluateIdentification(entries, distractors, session);
  },
};

/** A smaller gallery: pictures to enrol of the people after the first `count` are left out, their probes are strangers. */
function firstPeople(entries: readonly IdentificationImage[], count: number): IdentificationImage[] {
  const enrolled = entries.filter(({ role }) => role === 'enrol').map(({ person }) => person);
  const kept = new Set([...new Set(enrolled)].slice(0, count));
  return entries.flatMap((entry): IdentificationImage[] => {
    if (kept.has(entry.person)) return [entry];
    return entry.role === 'enrol' ? [] : [{ ...entry, role: 'unknown' }];
  });
}

async function defaultFolder(file: string): Promise<string> {
  const images = join(dirname(file), 'images');
  return (await isFolder(images)) ? images : dirname(file);
}

type Known = IdentificationImage & { readonly result: EmbeddedImage; readonly index: number };
interface Sample {
  readonly person: string;
  readonly index: number;
  readonly embedding: Float32Array;
}

async function evaluateIdentification(
  entries: readonly IdentificationImage[],
  distractors: readonly ImageSource[],
  session: Session,
): Promise<Outcome> {
  const started = performance.now();
  const embedder = await session.embedder();
  const images = entries.map(({ image }) => image);
  const embedded = await embedder.embedAll(images, 'identification');
  const known = entries.map((entry, index): Known => ({ ...entry, index, result: embedded[index]! }));
  const gallery = known.filter(({ role }) => role === 'enrol').flatMap(toSample);
  if (gallery.length === 0) throw new Error('No image with the role enrol can be read and has a face');

  // An unreadable probe says nothing about the system; one without a face is a miss, or a stranger not let in.
  const probes = known.filter(({ role, result }) => role !== 'enrol' && result.status !== 'unreadable');
  const answers = probes.map((probe): JudgedAnswer => ({ ...answer(probe, gallery), probe: probe.index }));
  const { rank1, points, at } = identify(
    answers,
    RATES.map(([, rate]) => rate),
  );
  const pointAt = (threshold: number | undefined): RatesAt | undefined =>
    threshold === undefined ? undefined : at(threshold);
  const { model } = session;
  const byDefault = pointAt(model.threshold);
  const bySize = pointAt(raisedThreshold(model, gallery.length));
  const ranks = await rankDistractors(known, distractors, session);
  const counts = imageCounts(images, embedded);
  const strangers = answers.filter(({ person }) => person === null).length;
  const people = new Set(gallery.map(({ person }) => person)).size;
  return {
    title: `Identification among ${people} people`,
    result: {
      protocol: 'identification',
      model: model.id,
      flip: session.flip,
      rank1,
      tpir: Object.fromEntries(RATES.map(([key], index) => [key, points[index]!.tpir])),
      thresholds: Object.fromEntries(RATES.map(([key], index) => [key, points[index]!.threshold])),
      ...(byDefault && { atDefaultThreshold: byDefault }),
      ...(bySize && { atRaisedThreshold: bySize }),
      people,
      enrolled: gallery.length,
      probes: answers.length - strangers,
      strangers,
      ...(ranks && {
        distractors: ranks.ranks,
        distractorImages: ranks.used,
        distractorsLeftOut: ranks.leftOut,
      }),
      ...counts,
      seconds: secondsSince(started),
    },
    summary: [
      { label: 'Rank 1', value: `${percent(rank1)} of ${answers.length - strangers} probes` },
      ...points.map(({ wanted, tpir, threshold }) => ({
        label: `TPIR at FPIR ${percent(wanted, 0)}`,
        value:
          strangers === 0
            ? '– (no strangers in the list)'
            : `${percent(tpir)} at ${similarityText(threshold)}`,
      })),
      ...(strangers > 0
        ? [
            ...pointRow('At the default', byDefault),
            ...pointRow(`Raised for ${gallery.length} samples to`, bySize),
          ]
        : []),
      {
        label: 'Gallery',
        value: `${gallery.length} samples of ${people} people; ${strangers} strangers among the probes`,
      },
      ...(ranks?.ranks ?? []).map((rank) => ({
        label: `Rank 1 among ${rank.distractors}`,
        value: percent(rank.rank1),
      })),
      ...imageRows(counts),
      { label: 'Model', value: `${model.id}${session.flip ? ', flip averaged' : ''}` },
    ],
    sections: () => identificationSections({ answers, points, ranks: ranks?.ranks ?? [], images, embedder }),
  };
}

function pointRow(label: string, point: RatesAt | undefined): SummaryRow[] {
  if (!point) return [];
  const { threshold, tpir, fpir } = point;
  return [
    {
      label: `${label} ${similarityText(threshold)}`,
      value: `TPIR ${percent(tpir)}, FPIR ${percent(fpir)}`,
    },
  ];
}

function toSample({ person, index, result }: Known): Sample[] {
  return result.status === 'embedded' ? [{ person, index, embedding: result.embedding }] : [];
}

/** What the gallery says: the person with the most similar sample. */
function answer(
  { role, person, result }: Known,
  gallery: readonly Sample[],
): Answer & { readonly sample?: number } {
  const truth = role === 'unknown' ? null : person;
  let best: { candidate: string; similarity: number; sample?: number } = { candidate: '', similarity: -1 };
  if (result.status === 'embedded') {
    for (const sample of gallery) {
      const score = dot(result.embedding, sample.embedding);
      if (score > best.similarity)
        best = { candidate: sample.person, similarity: score, sample: sample.index };
    }
  }
  return { person: truth, ...best };
}

interface DistractorRanks {
  readonly ranks: readonly RankAmong[];
  readonly used: number;
  /** Distractors without a face, or that show somebody of the list by the name of their folder. */
  readonly leftOut: number;
}

/**
 * MegaFace's protocol: each image of a known person stands in turn in the gallery, alone among the distractors, and
 * every other image of that person is a probe.
 */
async function rankDistractors(
  known: readonly Known[],
  images: readonly ImageSource[],
  session: Session,
): Promise<DistractorRanks | undefined> {
  if (images.length === 0) return undefined;
  const people = new Set(known.map(({ person }) => person));
  const others = images.filter(({ name }) => !name.split(/[\\/]/).some((part) => people.has(part)));
  const embedder = await session.embedder();
  const results = await embedder.embedAll(shuffled(others, createRandom(SEED)), 'distractors');
  const embeddings = results.flatMap((result) => (result.status === 'embedded' ? [result.embedding] : []));
  if (embeddings.length === 0) throw new Error('Not one distractor is left that shows somebody else');
  const counts = distractorCounts(embeddings.length);

  const mates: number[] = [];
  const hardest: number[][] = [];
  const samples = known.filter(({ role }) => role !== 'unknown').flatMap(toSample);
  for (const probe of samples) {
    const highest = highestAmong(probe.embedding, embeddings, counts);
    for (const mate of samples) {
      if (mate.person !== probe.person || mate.index === probe.index) continue;
      mates.push(dot(probe.embedding, mate.embedding));
      hardest.push(highest);
    }
  }
  return {
    ranks: rankAmongDistractors(mates, hardest, counts),
    used: embeddings.length,
    leftOut: images.length - embeddings.length,
  };
}

/** The highest similarity among the first n distractors, for each n of `counts` (ascending). */
function highestAmong(
  probe: Float32Array,
  distractors: readonly Float32Array[],
  counts: readonly number[],
): number[] {
  let highest = -1;
  let next = 0;
  return counts.map((count) => {
    for (; next < count; next++) highest = Math.max(highest, dot(probe, distractors[next]!));
    return highest;
  });
}
