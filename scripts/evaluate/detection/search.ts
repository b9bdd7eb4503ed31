/** Which detector looks, and how: from the command line, and back into the result. */
import { describeDetector, toDetectorOptions, type DescribedDetector } from '../../../lib/detect/open';
import { messageOf } from '../../../lib/core/errors';
import { DEFAULT_DETECTOR, readManifest } from '../../../lib/models/manifest';
import type { Arguments, Option } from '../../shared/arguments';
import type { Search } from '../pipeline/face-detector';
import type { Session } from '../session';
import { UsageError } from '../../shared/usage-error';

/** Faces down to this side are looked for: what all benchmarks hold (pixels). */
const MIN_FACE = 20;
/**
 * FDDB and WIDER FACE judge the whole curve, so the unlikely detections take part too; the photographs are judged as
 * a user of the node sees them, with the node's thresholds.
 */
export const CURVE_THRESHOLDS = '0.5,0.5,0.1';
export const USER_THRESHOLDS = '0.6,0.7,0.7';
const MTCNN = 'mtcnn';

export const SEARCH_OPTIONS: readonly Option[] = [
  { name: 'detector', value: 'ID', help: `detector of the manifest (default ${DEFAULT_DETECTOR})` },
  { name: 'min-face', value: 'PIXELS', help: `smallest face to find (default ${MIN_FACE})` },
  {
    name: 'thresholds',
    value: 'P,R,O',
    help: `of MTCNN's three networks (default ${USER_THRESHOLDS}; FDDB, WIDER ${CURVE_THRESHOLDS})`,
  },
  { name: 'options', value: 'LIST', help: 'of the detector, such as score=0.5,confirm=0.6' },
];

/**
 * @param thresholds of MTCNN, where none are given
 * @throws UsageError
 */
export function searchOf(args: Arguments, session: Session, thresholds: string): Search {
  const detector = chooseDetector(args.optional('detector') ?? DEFAULT_DETECTOR, session.manifest);
  const given = {
    minFaceSize: args.number('min-face', MIN_FACE, { min: 12, max: 4096 }),
    // The curve's end is where the detector's thresholds lie.
    minConfidence: 0,
    maxFaces: 0,
    ...thresholdsOf(args, detector, thresholds),
    ...listed(args.optional('options')),
  };
  try {
    return { ...toDetectorOptions(detector, given), detector: detector.id };
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

/** For the JSON result. */
export function searchResult({ detector, minFaceSize, ...options }: Search): Record<string, unknown> {
  const { threshold1, threshold2, threshold3 } = options as Record<string, unknown>;
  const thresholds = [threshold1, threshold2, threshold3];
  return {
    detector,
    minFace: minFaceSize,
    ...(thresholds.every((threshold) => threshold !== undefined) ? { thresholds } : { options }),
  };
}

function chooseDetector(id: string, manifest: string | undefined): DescribedDetector {
  const { detectors } = readManifest(manifest);
  const found = detectors.find((detector) => detector.id === id);
  if (found) return describeDetector(found);
  throw new UsageError(
    `No detector ${id} is known for --detector; there are ${detectors.map((detector) => detector.id).join(', ')}`,
  );
}

function thresholdsOf(args: Arguments, { id, kind }: DescribedDetector, fallback: string): object {
  const given = args.optional('thresholds');
  if (kind !== MTCNN) {
    if (given === undefined) return {};
    throw new UsageError(`The detector ${id} has no --thresholds; there are --options`);
  }
  const text = given ?? fallback;
  const [threshold1, threshold2, threshold3, ...more] = text.split(',').map(Number);
  const three = [threshold1, threshold2, threshold3];
  const fit = three.every((threshold) => threshold! >= 0.01 && threshold! <= 0.999);
  if (fit && more.length === 0) return { threshold1, threshold2, threshold3 };
  throw new UsageError(
    `Expected three numbers between 0.01 and 0.999 for --thresholds but received "${text}"`,
  );
}

/** name=number, separated by commas. */
function listed(text: string | undefined): Record<string, number> {
  if (text === undefined) return {};
  return Object.fromEntries(
    text.split(',').map((part) => {
      const [, name, value] = /^\s*(\w+)\s*=\s*(\S+)\s*$/.exec(part) ?? [];
      if (name !== undefined && Number.isFinite(Number(value))) return [name, Number(value)];
      throw new UsageError(`Expected name=number for --options but received "${part}"`);
    }),
  );
}
