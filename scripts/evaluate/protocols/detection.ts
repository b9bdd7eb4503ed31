/** Detection benchmarks: this project's photographs, FDDB, WIDER FACE. Each has its own truth and its own score. */
import { evaluateFddb } from '../detection/fddb';
import { evaluatePhotos } from '../detection/photos';
import { CURVE_THRESHOLDS, SEARCH_OPTIONS, searchOf, USER_THRESHOLDS } from '../detection/search';
import { evaluateWider } from '../detection/wider';
import type { Protocol } from '../protocol';
import { UsageError } from '../../shared/usage-error';

const BENCHMARKS = { truth: evaluatePhotos, fddb: evaluateFddb, wider: evaluateWider } as const;
const BENCHMARK_NAMES = ['truth', 'fddb', 'wider'] as const;

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
    ...SEARCH_OPTIONS,
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
    const thresholds = benchmark === 'truth' ? USER_THRESHOLDS : CURVE_THRESHOLDS;
    return BENCHMARKS[benchmark](args, session, searchOf(args, session, thresholds));
  },
};
