/** Our own photographs: recall, precision and average precision, and the agreement with another implementation. */
import { dirname } from 'node:path';
import { LANDMARK_NAMES } from '../../../lib/core/face';
import type { Arguments } from '../../shared/arguments';
import { bestOverlap, matchDetections, scoreDetections } from '../metrics/detection';
import { median } from '../../shared/statistics';
import type { DetectedFace, Search } from '../pipeline/face-detector';
import { readText, requireFolder } from '../pipeline/files';
import { imageFile } from '../pipeline/image-set';
import type { Outcome, SummaryRow } from '../protocol';
import { readPhotos, readReference, type ReferenceFace } from '../readers/photos-json';
import { detectionSections } from '../report/detection';
import type { Session } from '../session';
import { percent, rounded, secondsSince } from '../text';
import { detectReadable, unreadableRow } from './readable';
import { searchResult } from './search';

/** The boxes of the truth are SCRFD's, which are higher than MTCNN's: 0.4 accepts the same face in either shape. */
const LEAST_IOU = 0.4;

export async function evaluatePhotos(args: Arguments, session: Session, search: Search): Promise<Outcome> {
  const started = performance.now();
  const file = args.required('truth');
  const photos = readPhotos(await readText(file, '--truth'), file);
  const folder = await requireFolder(args.optional('images') ?? dirname(file), '--images');
  const leastIou = args.number('iou', LEAST_IOU, { min: 0.01, max: 1 });
  const referenceFile = args.optional('reference');
  const reference =
    referenceFile === undefined
      ? undefined
      : readReference(await readText(referenceFile, '--reference'), referenceFile);

  const entries = photos.map((photo) => ({ ...photo, image: imageFile(folder, photo.path) }));
  const { readable, unreadable } = await detectReadable(entries, session, search, 'detection');
  const matchings = readable.map(({ entry, seen }) => matchDetections(entry.faces, seen.faces, leastIou));
  const { curve, ...score } = scoreDetections(matchings);
  const agreement =
    reference &&
    agree(
      readable.map(({ entry, seen }) => ({ ours: seen.faces, theirs: reference.get(entry.path) ?? [] })),
      leastIou,
    );
  return {
    title: `Detection, ${readable.length} images, smallest face ${search.minFaceSize} pixels, IoU ${leastIou}`,
    result: {
      protocol: 'detection',
      benchmark: 'photos',
      ...score,
      images: entries.length,
      unreadable,
      ...searchResult(search),
      iou: leastIou,
      ...(agreement && { agreement }),
      seconds: secondsSince(started),
    },
    summary: [
      { label: 'Recall', value: `${percent(score.recall)} (${score.hits} of ${score.faces} faces)` },
      { label: 'Precision', value: `${percent(score.precision)} (${score.falseAlarms} false alarms)` },
      { label: 'Average precision', value: percent(score.ap) },
      { label: 'Ignored detections', value: String(score.ignored) },
      unreadableRow(unreadable),
      ...(agreement ? agreementRows(agreement) : []),
    ],
    sections: () =>
      detectionSections(
        curve,
        readable.map(({ entry, seen }, index) => ({ image: entry.image, seen, matching: matchings[index]! })),
        session.pool,
      ),
  };
}

interface Agreement {
  /** Faces of the reference. */
  readonly faces: number;
  /** Share of them that we find too. */
  readonly found: number;
  readonly medianIou: number;
  /** Median distance of a landmark as a share of the reference box's width. */
  readonly medianLandmarkDistance: number;
}

/** How far two detectors find the same: for each face of theirs, the one of ours that overlaps it most. */
function agree(
  images: readonly { readonly ours: readonly DetectedFace[]; readonly theirs: readonly ReferenceFace[] }[],
  leastIou: number,
): Agreement {
  const ious: number[] = [];
  const distances: number[] = [];
  for (const { ours, theirs } of images) {
    for (const face of theirs) {
      const best = bestOverlap(ours, face.box);
      if (!best || best.iou < leastIou) continue;
      ious.push(best.iou);
      LANDMARK_NAMES.forEach((name, index) => {
        const { x, y } = best.face.landmarks[name];
        const other = face.landmarks[index]!;
        distances.push(Math.hypot(x - other.x, y - other.y) / face.box.width);
      });
    }
  }
  const faces = images.reduce((sum, { theirs }) => sum + theirs.length, 0);
  return {
    faces,
    found: ious.length / faces,
    medianIou: median(ious),
    medianLandmarkDistance: median(distances),
  };
}

function agreementRows({ faces, found, medianIou, medianLandmarkDistance }: Agreement): SummaryRow[] {
  return [
    { label: 'Reference found', value: `${percent(found)} of ${faces} faces` },
    { label: 'Median IoU with it', value: rounded(medianIou, 3) },
    { label: 'Median landmark distance', value: `${percent(medianLandmarkDistance)} of the box's width` },
  ];
}
