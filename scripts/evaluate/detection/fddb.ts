/** FDDB: the discrete and the continuous score against the number of false alarms. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Arguments } from '../../shared/arguments';
import { atFalseAlarms, ellipseIou, fddbCurve, fddbMatching, type FddbPoint } from '../metrics/fddb';
import { thinned } from '../metrics/roc';
import type { Search } from '../pipeline/face-detector';
import { isFolder, readText, requireFolder } from '../pipeline/files';
import { imageFile } from '../pipeline/image-set';
import type { Outcome } from '../protocol';
import { readEllipseList, type FddbEntry } from '../readers/fddb';
import { badFile } from '../readers/text';
import { fddbSections } from '../report/detection';
import type { Session } from '../session';
import { percent, secondsSince } from '../text';
import { detectReadable, unreadableRow } from './readable';
import { searchResult } from './search';

/** Where published curves are read: false alarms over all 2845 images. */
const FALSE_ALARMS = [100, 500, 1000, 2000];
/** Points of the curve in the result: enough to draw it. */
const MOST_POINTS = 500;

export async function evaluateFddb(args: Arguments, session: Session, search: Search): Promise<Outcome> {
  const started = performance.now();
  const lists = await readLists(args.required('fddb'));
  const folder = await requireFolder(args.required('images'), '--images');
  const entries = lists.map((entry) => ({ ...entry, image: imageFile(folder, entry.path) }));
  const { readable, unreadable } = await detectReadable(entries, session, search, 'fddb');
  const judged = readable.map(({ entry, seen }) => ({
    ...{ entry, seen },
    overlaps: seen.faces.map(({ box }) => entry.faces.map((face) => ellipseIou(face, box, seen))),
  }));
  const curve = fddbCurve(
    judged.map(({ entry, seen, overlaps }) => ({
      confidences: seen.faces.map(({ confidence }) => confidence),
      overlaps,
      faces: entry.faces.length,
    })),
  );
  const scores = (key: 'discrete' | 'continuous') =>
    Object.fromEntries(FALSE_ALARMS.map((most) => [most, atFalseAlarms(curve, most)?.[key] ?? 0]));
  const last: FddbPoint | undefined = curve.at(-1);
  const faces = readable.reduce((sum, { entry }) => sum + entry.faces.length, 0);
  return {
    title: `FDDB, ${readable.length} images, ${faces} faces`,
    result: {
      protocol: 'detection',
      benchmark: 'fddb',
      discrete: scores('discrete'),
      continuous: scores('continuous'),
      highest: {
        discrete: last?.discrete ?? 0,
        continuous: last?.continuous ?? 0,
        falseAlarms: last?.falseAlarms ?? 0,
      },
      curve: thinned(curve, MOST_POINTS),
      faces,
      images: entries.length,
      unreadable,
      ...searchResult(search),
      seconds: secondsSince(started),
    },
    summary: [
      ...FALSE_ALARMS.map((most) => {
        const point = atFalseAlarms(curve, most);
        return {
          label: `At ${most} false alarms`,
          value: `discrete ${percent(point?.discrete ?? 0)}, continuous ${percent(point?.continuous ?? 0)}`,
        };
      }),
      {
        label: 'All detections',
        value: `discrete ${percent(last?.discrete ?? 0)} at ${last?.falseAlarms ?? 0} false alarms`,
      },
      unreadableRow(unreadable),
    ],
    sections: () =>
      fddbSections(
        curve,
        judged.map(({ entry, seen, overlaps }) => ({
          ...{ image: entry.image, seen },
          matching: fddbMatching(entry.faces, seen.faces, overlaps),
        })),
        session.pool,
      ),
  };
}

async function readLists(path: string): Promise<FddbEntry[]> {
  if (!(await isFolder(path))) return readEllipseList(await readText(path, '--fddb'), path);
  const names = (await readdir(path)).filter((name) => /fold-\d+-ellipseList\.txt$/i.test(name)).sort();
  if (names.length === 0) throw badFile(path, 'files named FDDB-fold-NN-ellipseList.txt');
  const lists = await Promise.all(
    names.map(async (name) => readEllipseList(await readText(join(path, name), '--fddb'), name)),
  );
  return lists.flat();
}
