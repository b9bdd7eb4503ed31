/** What a user may set of MTCNN, with its usual defaults. */
import { toValues, type Parameter, type Values } from '../../core/parameters';
import { invalid, isRecord } from '../../core/validate';
import { MAX_FACES, MIN_CONFIDENCE, MIN_FACE_SIZE, THRESHOLD } from '../options';

/** Thresholds and factor of the authors' published demo (Zhang et al. 2016). */
export const MTCNN_OPTIONS = [
  MIN_FACE_SIZE,
  // Ratio between two levels of the image pyramid.
  { name: 'scaleFactor', type: 'number', min: 0.3, max: 0.95, default: 0.709, unit: 'factor' },
  // Least face probability after P-Net, R-Net and O-Net.
  { name: 'threshold1', ...THRESHOLD, default: 0.6 },
  { name: 'threshold2', ...THRESHOLD, default: 0.7 },
  { name: 'threshold3', ...THRESHOLD, default: 0.7 },
  MAX_FACES,
  MIN_CONFIDENCE,
] as const satisfies readonly Parameter[];

export type DetectOptions = Values<typeof MTCNN_OPTIONS>;

/** @throws ArcFlowError INVALID_ARGUMENT naming the option that is out of range. */
export function toDetectOptions(value: unknown = {}): DetectOptions {
  if (!isRecord(value)) throw invalid('an object', 'detect options', value);
  return toValues(value, MTCNN_OPTIONS, 'detect options');
}

export const DEFAULT_DETECT_OPTIONS: DetectOptions = toDetectOptions();
