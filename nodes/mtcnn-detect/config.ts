import type { NodeDef } from 'node-red';
import { MTCNN_OPTIONS } from '../../lib/detect/mtcnn/options';
import { toDetectorOptions, type DescribedDetector } from '../../lib/detect/open';
import type { DetectRequest } from '../../lib/engine/operations';
import { DEFAULT_DETECTOR } from '../../lib/models/manifest';
import { invalid, isRecord } from '../../lib/core/validate';
import { choiceField, flagField, numberField, textField } from '../shared/config';

export interface DetectDef extends NodeDef {
  readonly runtime?: string;
  /** Id of a detector in the runtime's manifest. */
  readonly detector?: string;
  readonly minFaceSize?: string | number;
  readonly scaleFactor?: string | number;
  readonly threshold1?: string | number;
  readonly threshold2?: string | number;
  readonly threshold3?: string | number;
  readonly maxFaces?: string | number;
  readonly minConfidence?: string | number;
  /** Options of the detector that have no property of their own here, by name. */
  readonly options?: unknown;
  readonly whenBusy?: string;
  /** Id of a face events node further on that says where to look. */
  readonly watch?: string;
  readonly dropPixels?: boolean;
}

export interface DetectConfig {
  readonly runtime: string;
  readonly detector: string;
  /** The options that have a property of their own; a detector takes those that it declares. */
  readonly fields: Readonly<Record<string, number>>;
  readonly options: Readonly<Record<string, unknown>>;
  /** queue: every message is answered; newest: only the newest of each source waits. */
  readonly whenBusy: 'queue' | 'newest';
  /** Empty: every picture is searched in whole. */
  readonly watch: string;
  readonly dropPixels: boolean;
}

export function toConfig(def: DetectDef): DetectConfig {
  const { options = {} } = def;
  if (!isRecord(options)) throw invalid('an object', 'options', options);
  return {
    runtime: textField(def.runtime, 'runtime'),
    detector: textField(def.detector, 'detector', DEFAULT_DETECTOR),
    fields: Object.fromEntries(
      MTCNN_OPTIONS.map(({ name, type, min, max, default: fallback }) => [
        name,
        numberField(def[name], name, fallback, { min, max, integer: type === 'integer' }),
      ]),
    ),
    options,
    whenBusy: choiceField(def.whenBusy, 'whenBusy', ['queue', 'newest'], 'queue'),
    watch: textField(def.watch, 'watch'),
    dropPixels: flagField(def.dropPixels, 'dropPixels', false),
  };
}

/**
 * What the engine is asked for.
 * @throws ArcFlowError INVALID_ARGUMENT for an option that the detector does not have, or that is out of range
 */
export function toRequest({ fields, options }: DetectConfig, detector: DescribedDetector): DetectRequest {
  const names = detector.options.map(({ name }) => name);
  const own = Object.entries(fields).filter(([name]) => names.includes(name));
  return {
    ...toDetectorOptions(detector, { ...Object.fromEntries(own), ...options }),
    detector: detector.id,
  };
}
