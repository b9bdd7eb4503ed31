import type { NodeDef } from 'node-red';
import { toSteps, type Step } from '../../lib/preprocess/steps';
import { PREPROCESS_TARGETS, type PreprocessTarget } from '../../lib/preprocess/target';
import { choiceField, textField } from '../shared/config';

export interface PreprocessDef extends NodeDef {
  readonly runtime?: string;
  readonly target?: string;
  readonly steps?: unknown;
}

export interface PreprocessConfig {
  readonly runtime: string;
  /** frame: the whole picture, before detection; faces: the regions of msg.faces, before embedding. */
  readonly target: PreprocessTarget;
  readonly steps: readonly Step[];
}

const DEFAULT_STEPS = [{ id: 'auto' }];

export function toConfig(def: PreprocessDef): PreprocessConfig {
  return {
    runtime: textField(def.runtime, 'runtime'),
    target: choiceField(def.target, 'target', PREPROCESS_TARGETS, 'frame'),
    steps: toSteps(def.steps ?? DEFAULT_STEPS),
  };
}
