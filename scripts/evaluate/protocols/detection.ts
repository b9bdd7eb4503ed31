/** Detection benchmarks: this project's photographs, FDDB, WIDER FACE. Each has its own truth and its own score. */
import {
  DEFAULT_DETECT_OPTIONS,
  toDetectOptions,
  type DetectOptions,
} from '../../../lib/detect/mtcnn/options';
import type { Arguments } from '../../shared/arguments';
import { evaluateFddb } from '../detection/fddb';
import { evaluatePhotos } from '../detection/photos';
import { evaluateWider } from '../detection/wider';
import type { Protocol } from '../protocol';
import { UsageError } from '../../shared/usage-error';

const BENCHMARKS = { truth: evaluatePhotos, fddb: evaluateFddb, wider: evaluateWider } as const;
const BENCHMARK_NAMES = ['truth', 'fddb', 'wider'] as const;

/** Faces down to this side are looked for: what all three benchmarks hold (pixels). */
const MIN_FACE = 20;
/**
 * FDDB and WIDER FACE judge the whole curve, so the unlikely detections take part too; the photographs are judged as
 * a user of the node sees them, with the node's thresholds.
 */
const CURVE_THRESHOLDS = '0.5,0.5,0.1';
const USER_THRESHOLDS = DEFAULT_DETECT_OPTIONS.thresholds.join();

export const detection: Protocol = {
  name: 'detection',
  help: 'faces found and false alarms: photos.json and the like, FDDB, WIDER FACE',
  usage: '--truth FILE | --fddb PATH --images DIR | --wider FILE --images DIR',
  options: [
    { name: 'truth', value: 'FILE', help: 'boxes for each image as JSON (photos.json, masks.json)' },
    { name: 'reference', value: 'FILE', help: 'with --truth: what another detector found, to compare with' },
    { name: 'fddb', value: 'PATH', help: 'an FDDB ellipse list, or the folder of all folds' },
    { name: 'wider', value: 'FILE', help: 'wider_face_val_bbx_gt.txt' },
    { name: 'levels', value: 'DIR', help: 'with --wider: folder of wider_{face,easy,medium,hard}_val.mat' },
    { name: 'images', value: 'DIR', help: 'where the images lie (default: beside the file of --truth)' },
    { name: 'min-face', value: 'PIXELS', help: `smallest face to find (default ${MIN_FACE})` },
    {
      name: 'thresholds',
      value: 'P,R,O',
      help: `of the three networks (default ${USER_THRESHOLDS}; FDDB, WIDER ${CURVE_THRESHOLDS})`,
    },
    {
      name: 'iou',
      value: 'SHARE',
      help: 'overlap from which a face counts as found (default 0.4; WIDER 0.5)',
    },
  ],
  run(args, session) {
    const given = BENCHMARK_NAMES.filter((name) => args.optional(name) !== undefined);
    const [benchmark] = given;
    if (!benchmark || given.length > 1) throw new UsageError('Expected one of --truth, --fddb and --wider');
    return BENCHMARKS[benchmark](
      args,
      session,
      detectOptions(args, benchmark === 'truth' ? USER_THRESHOLDS : CURVE_THRESHOLDS),
    );
  },
};

function detectOptions(args: Arguments, fallback: string): DetectOptions {
  const text = args.optional('thresholds') ?? fallback;
  const thresholds = text.split(',').map(Number);
  if (thresholds.length !== 3 || !thresholds.every((threshold) => threshold >= 0.01 && threshold <= 0.999)) {
    throw new UsageError(
      `Expected three numbers between 0.01 and 0.999 for --thresholds but received "${text}"`,
    );
  }
  const minFaceSize = args.number('min-face', MIN_FACE, { min: 12, max: 4096 });
  return toDetectOptions({ minFaceSize, thresholds, minConfidence: 0, maxFaces: 0 });
}
