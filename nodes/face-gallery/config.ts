import type { NodeDef } from 'node-red';
import { DEFAULT_RULES } from '../../lib/gallery/enrolment';
import { oneOf } from '../../lib/core/validate';
import { choiceField, flagField, numberField, textField } from '../shared/config';

export const OPERATIONS = [
  'match',
  'enrol',
  'verify',
  'remove',
  'rename',
  'list',
  'export',
  'import',
] as const;
export type GalleryOperation = (typeof OPERATIONS)[number];

export interface GalleryDef extends NodeDef {
  readonly store?: string;
  /** Makes thumbnails at enrolment; without it samples have none. */
  readonly runtime?: string;
  readonly operation?: string;
  readonly person?: string;
  readonly threshold?: string | number;
  readonly raiseThreshold?: boolean;
  readonly candidates?: string | number;
  readonly minFaceSize?: string | number;
  readonly minSharpness?: string | number;
  readonly maxAngle?: string | number;
  readonly ignoreBackground?: boolean;
  readonly dropPixels?: boolean;
  readonly dropEmbeddings?: boolean;
}

export interface GalleryConfig {
  readonly store: string;
  readonly runtime: string;
  readonly operation: GalleryOperation;
  /** Empty: the person is in msg.person. */
  readonly person: string;
  /** Cosine similarity; undefined takes the default of the model that made the embedding. */
  readonly threshold: number | undefined;
  /** A match takes the threshold that the gallery's size asks for, where that is higher than the model's own. */
  readonly raiseThreshold: boolean;
  /** How many people a match lists. */
  readonly candidates: number;
  /** Least shorter side of a face to enrol, pixels of the photograph. */
  readonly minFaceSize: number;
  /** Least sharpness of a face to enrol, 0..1. */
  readonly minSharpness: number;
  /** Largest yaw or pitch of a face to enrol, degrees. */
  readonly maxAngle: number;
  /** Enrol the main face although much smaller ones are in the background. */
  readonly ignoreBackground: boolean;
  readonly dropPixels: boolean;
  readonly dropEmbeddings: boolean;
}

export function toConfig(def: GalleryDef): GalleryConfig {
  return {
    store: textField(def.store, 'store'),
    runtime: textField(def.runtime, 'runtime'),
    operation: choiceField(def.operation, 'operation', OPERATIONS, 'match'),
    person: textField(def.person, 'person'),
    threshold: isBlank(def.threshold)
      ? undefined
      : numberField(def.threshold, 'threshold', 0, { min: -1, max: 1 }),
    raiseThreshold: flagField(def.raiseThreshold, 'raiseThreshold', true),
    candidates: numberField(def.candidates, 'candidates', 3, { min: 1, max: 100, integer: true }),
    minFaceSize: numberField(def.minFaceSize, 'minFaceSize', DEFAULT_RULES.minFaceSize, {
      min: 0,
      max: 4096,
    }),
    minSharpness: numberField(def.minSharpness, 'minSharpness', DEFAULT_RULES.minSharpness, {
      min: 0,
      max: 1,
    }),
    maxAngle: numberField(def.maxAngle, 'maxAngle', DEFAULT_RULES.maxAngle, { min: 0, max: 90 }),
    ignoreBackground: flagField(def.ignoreBackground, 'ignoreBackground', DEFAULT_RULES.ignoreBackground),
    dropPixels: flagField(def.dropPixels, 'dropPixels', false),
    dropEmbeddings: flagField(def.dropEmbeddings, 'dropEmbeddings', false),
  };
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

/** What this message asks for: msg.operation, else what the editor says. */
export function operationOf(value: unknown, fallback: GalleryOperation): GalleryOperation {
  return value === undefined ? fallback : oneOf(value, 'msg.operation', OPERATIONS);
}
