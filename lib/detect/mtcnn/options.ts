/** What a user may set of the detector, with MTCNN's usual defaults. */
import { isRecord, invalid, numberIn } from '../../core/validate';

export interface DetectOptions extends SearchOptions {
  /** The largest faces of a picture are kept; 0 keeps all. */
  readonly maxFaces: number;
}

/** What decides which faces are found. */
export interface SearchOptions {
  /** Shorter side of the smallest face to find, pixels. The larger, the faster. */
  readonly minFaceSize: number;
  /** Ratio between two levels of the image pyramid. */
  readonly scaleFactor: number;
  /** Least face probability after P-Net, R-Net and O-Net. */
  readonly thresholds: readonly [number, number, number];
  /** Least confidence of a face in the result. */
  readonly minConfidence: number;
}

/** More than group photographs show, and few enough for whatever a flow does with each of them. */
const MAX_FACES = 200;

/** Thresholds and factor of the authors' published demo (Zhang et al. 2016). */
export const DEFAULT_DETECT_OPTIONS: DetectOptions = {
  minFaceSize: 40,
  scaleFactor: 0.709,
  thresholds: [0.6, 0.7, 0.7],
  maxFaces: MAX_FACES,
  minConfidence: 0.7,
};

/** P-Net sees 12 pixels: smaller faces cannot be found without enlarging the image. */
const SMALLEST_FACE = 12;

/** @throws ArcFlowError INVALID_ARGUMENT naming the option that is out of range. */
export function toDetectOptions(value: unknown = {}): DetectOptions {
  if (!isRecord(value)) throw invalid('an object', 'detect options', value);
  const options = { ...DEFAULT_DETECT_OPTIONS, ...value };
  const thresholds: unknown = options.thresholds;
  if (!Array.isArray(thresholds) || thresholds.length !== 3)
    throw invalid('three numbers', 'thresholds', thresholds);
  const [proposal, refine, output] = thresholds.map((threshold, index) =>
    numberIn(threshold, `thresholds[${index}]`, { min: 0.01, max: 0.999 }),
  ) as [number, number, number];
  return {
    minFaceSize: numberIn(options.minFaceSize, 'minFaceSize', { min: SMALLEST_FACE, max: 4096 }),
    scaleFactor: numberIn(options.scaleFactor, 'scaleFactor', { min: 0.3, max: 0.95 }),
    thresholds: [proposal, refine, output],
    maxFaces: numberIn(options.maxFaces, 'maxFaces', { min: 0, max: 10_000, integer: true }),
    minConfidence: numberIn(options.minConfidence, 'minConfidence', { min: 0, max: 1 }),
  };
}
