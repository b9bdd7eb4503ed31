import type { NodeDef } from 'node-red';
import { DEFAULT_DETECT_OPTIONS, toDetectOptions, type DetectOptions } from '../../lib/detect/mtcnn/options';
import { choiceField, flagField, numberField, textField } from '../shared/config';

export interface DetectDef extends NodeDef {
  readonly runtime?: string;
  readonly minFaceSize?: string | number;
  readonly scaleFactor?: string | number;
  readonly threshold1?: string | number;
  readonly threshold2?: string | number;
  readonly threshold3?: string | number;
  readonly maxFaces?: string | number;
  readonly minConfidence?: string | number;
  readonly whenBusy?: string;
  /** Id of a face events node further on that says where to look. */
  readonly watch?: string;
  readonly dropPixels?: boolean;
}

export interface DetectConfig {
  readonly runtime: string;
  readonly options: DetectOptions;
  /** queue: every message is answered; newest: only the newest of each source waits. */
  readonly whenBusy: 'queue' | 'newest';
  /** Empty: every picture is searched in whole. */
  readonly watch: string;
  readonly dropPixels: boolean;
}

export function toConfig(def: DetectDef): DetectConfig {
  const { minFaceSize, scaleFactor, thresholds, maxFaces, minConfidence } = DEFAULT_DETECT_OPTIONS;
  return {
    runtime: textField(def.runtime, 'runtime'),
    options: toDetectOptions({
      minFaceSize: numberField(def.minFaceSize, 'minFaceSize', minFaceSize),
      scaleFactor: numberField(def.scaleFactor, 'scaleFactor', scaleFactor),
      thresholds: [
        numberField(def.threshold1, 'threshold1', thresholds[0]),
        numberField(def.threshold2, 'threshold2', thresholds[1]),
        numberField(def.threshold3, 'threshold3', thresholds[2]),
      ],
      maxFaces: numberField(def.maxFaces, 'maxFaces', maxFaces),
      minConfidence: numberField(def.minConfidence, 'minConfidence', minConfidence),
    }),
    whenBusy: choiceField(def.whenBusy, 'whenBusy', ['queue', 'newest'], 'queue'),
    watch: textField(def.watch, 'watch'),
    dropPixels: flagField(def.dropPixels, 'dropPixels', false),
  };
}
