import type { NodeDef } from 'node-red';
import {
  ONE_SURE_FRAME,
  toTrackingOptions,
  TRACKING_NUMBERS,
  type TrackingOptions,
} from '../../lib/tracking/options';
import type { Range } from '../../lib/core/validate';
import { flagField, numberField, textField } from '../shared/config';

/** Times are in seconds here, as people think of them, and in milliseconds in TrackingOptions. */
export interface FaceEventsDef extends NodeDef {
  /** Makes the pictures of the events; without it they have none. */
  readonly runtime?: string;
  readonly leaveAfter?: string | number;
  readonly coolDown?: string | number;
  readonly seenEvery?: string | number;
  readonly unknownAfter?: string | number;
  readonly rememberStrangers?: string | number;
  readonly oneSureFrame?: boolean;
  /** Who is there is remembered in a file over a restart of Node-RED. */
  readonly keepPresent?: boolean;
  readonly minVotes?: string | number;
  readonly fullEvery?: string | number;
  readonly majority?: string | number;
  readonly sureMargin?: string | number;
  readonly minHits?: string | number;
  readonly coastFor?: string | number;
  readonly minOverlap?: string | number;
  readonly sameFace?: string | number;
  readonly otherFace?: string | number;
  readonly sameStranger?: string | number;
  readonly maxStrangers?: string | number;
  readonly retryEvery?: string | number;
  readonly maxAttempts?: string | number;
  readonly recheckKnown?: string | number;
  readonly recheckStranger?: string | number;
  readonly regionPadding?: string | number;
  readonly maxFaces?: string | number;
  readonly maxSources?: string | number;
  readonly cropMargin?: string | number;
}

export interface FaceEventsConfig {
  readonly runtime: string;
  readonly keepPresent: boolean;
  readonly tracking: TrackingOptions;
}

type NumberName = keyof typeof TRACKING_NUMBERS;

const MS_PER_SECOND = 1000;

export function toConfig(def: FaceEventsDef): FaceEventsConfig {
  const number = (name: NumberName): number => {
    const setting: Range & { readonly default: number } = TRACKING_NUMBERS[name];
    return numberField(def[name], name, setting.default, setting);
  };
  // Checked in seconds, so that the error speaks of what was typed.
  const seconds = (name: NumberName, least = TRACKING_NUMBERS[name].min / MS_PER_SECOND): number => {
    const { default: fallback, max } = TRACKING_NUMBERS[name];
    const range = { min: least, max: max / MS_PER_SECOND };
    return numberField(def[name], name, fallback / MS_PER_SECOND, range) * MS_PER_SECOND;
  };

  const coastFor = seconds('coastFor');
  return {
    runtime: textField(def.runtime, 'runtime'),
    keepPresent: flagField(def.keepPresent, 'keepPresent', true),
    tracking: toTrackingOptions({
      leaveAfter: seconds('leaveAfter', coastFor / MS_PER_SECOND),
      coolDown: seconds('coolDown'),
      seenEvery: seconds('seenEvery'),
      unknownAfter: seconds('unknownAfter'),
      rememberStrangers: seconds('rememberStrangers'),
      oneSureFrame: flagField(def.oneSureFrame, 'oneSureFrame', ONE_SURE_FRAME),
      minVotes: number('minVotes'),
      fullEvery: number('fullEvery'),
      majority: number('majority'),
      sureMargin: number('sureMargin'),
      minHits: number('minHits'),
      coastFor,
      minOverlap: number('minOverlap'),
      sameFace: number('sameFace'),
      otherFace: number('otherFace'),
      sameStranger: number('sameStranger'),
      maxStrangers: number('maxStrangers'),
      retryEvery: seconds('retryEvery'),
      maxAttempts: number('maxAttempts'),
      recheckKnown: seconds('recheckKnown'),
      recheckStranger: seconds('recheckStranger'),
      regionPadding: number('regionPadding'),
      maxFaces: number('maxFaces'),
      maxSources: number('maxSources'),
      cropMargin: number('cropMargin'),
    }),
  };
}
