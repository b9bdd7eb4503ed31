/** WIDER FACE: average precision over all valid faces, and at the levels easy, medium and hard. */
import { join } from 'node:path';
import type { Arguments } from '../../shared/arguments';
import { matchDetections, scoreDetections, type DetectionScore } from '../metrics/detection';
import type { Search } from '../pipeline/face-detector';
import { readBytes, readText, requireFolder } from '../pipeline/files';
import { imageFile } from '../pipeline/image-set';
import type { Outcome } from '../protocol';
import { readMat } from '../readers/mat';
import { atLevel, readWiderLevel, readWiderList, type WiderEntry } from '../readers/wider';
import { detectionSections } from '../report/detection';
import type { Session } from '../session';
import { percent, secondsSince } from '../text';
import { detectReadable, unreadableRow } from './readable';
import { searchResult } from './search';

const LEVELS = ['easy', 'medium', 'hard'] as const;
/** The overlap that the benchmark asks for. */
const LEAST_IOU = 0.5;

export async function evaluateWider(args: Arguments, session: Session, search: Search): Promise<Outcome> {
  const started = performance.now();
  const file = args.required('wider');
  const list = readWiderList(await readText(file, '--wider'), file);
  const folder = await requireFolder(args.required('images'), '--images');
  const leastIou = args.number('iou', LEAST_IOU, { min: 0.01, max: 1 });
  const truths = { all: list, ...(await readLevels(args.optional('levels'), list)) };

  const entries = list.map((entry) => ({ path: entry.path, image: imageFile(folder, entry.path) }));
  const { readable, unreadable } = await detectReadable(entries, session, search, 'wider');
  const matchAll = (truth: readonly WiderEntry[]) => {
    const faces = new Map(truth.map((entry) => [entry.path, entry.faces]));
    return readable.map(({ entry, seen }) => matchDetections(faces.get(entry.path)!, seen.faces, leastIou));
  };
  const scores = Object.entries(truths).map(([level, truth]): [string, DetectionScore] => [
    level,
    scoreDetections(matchAll(truth)),
  ]);
  const { curve, ...all } = scores[0]![1];
  return {
    title: `WIDER FACE, ${readable.length} images, smallest face ${search.minFaceSize} pixels, IoU ${leastIou}`,
    result: {
      protocol: 'detection',
      benchmark: 'wider',
      ...all,
      levels: Object.fromEntries(
        scores.slice(1).map(([level, { ap, recall, faces }]) => [level, { ap, recall, faces }]),
      ),
      images: entries.length,
      unreadable,
      ...searchResult(search),
      iou: leastIou,
      seconds: secondsSince(started),
    },
    summary: [
      ...scores.map(([level, { ap, recall, faces }]) => ({
        label: `AP ${level}`,
        value: `${percent(ap)} (recall ${percent(recall)} of ${faces} faces)`,
      })),
      unreadableRow(unreadable),
    ],
    sections: () => {
      const matchings = matchAll(truths.all);
      const judged = readable.map(({ entry: { image }, seen }, index) => ({
        ...{ image, seen },
        matching: matchings[index]!,
      }));
      return detectionSections(curve, judged, session.pool);
    },
  };
}

async function readLevels(
  folder: string | undefined,
  list: readonly WiderEntry[],
): Promise<Record<string, WiderEntry[]>> {
  if (folder === undefined) return {};
  const read = async (name: string) => {
    const file = join(folder, `wider_${name}_val.mat`);
    return readMat(await readBytes(file, '--levels'), file);
  };
  // The names of the images are in the first file; the levels' files go by its order.
  const names = await read('face');
  const levels = await Promise.all(
    LEVELS.map(async (level): Promise<[string, WiderEntry[]]> => {
      const content = new Map([...names, ...(await read(level))]);
      return [level, atLevel(list, readWiderLevel(content, `wider_${level}_val.mat`))];
    }),
  );
  return Object.fromEntries(levels);
}
