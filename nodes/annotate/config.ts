import type { NodeDef } from 'node-red';
import { toAnnotateOptions, type AnnotateOptions } from '../../lib/annotate/options';
import type { EncodeOptions } from '../../lib/image/encode';
import { choiceField, flagField, JPEG_QUALITY, numberField, textField } from '../shared/config';

export interface AnnotateDef extends NodeDef {
  readonly runtime?: string;
  readonly boxes?: boolean;
  readonly landmarks?: boolean;
  readonly names?: boolean;
  readonly similarity?: boolean;
  readonly fps?: boolean;
  readonly knownColour?: string;
  readonly strangerColour?: string;
  readonly detectedColour?: string;
  readonly strangerText?: string;
  readonly output?: string;
  readonly quality?: string | number;
  readonly dropPixels?: boolean;
  readonly dropEmbeddings?: boolean;
}

export interface AnnotateConfig {
  readonly runtime: string;
  readonly options: AnnotateOptions;
  /** Measure and show the frames per second of each source. */
  readonly fps: boolean;
  /** undefined: the result stays a Frame. */
  readonly encode: EncodeOptions | undefined;
  readonly dropPixels: boolean;
  readonly dropEmbeddings: boolean;
}

/** @param strangerText the word for a stranger in the language of the runtime */
export function toConfig(def: AnnotateDef, strangerText: string): AnnotateConfig {
  const defaults = toAnnotateOptions();
  const format = choiceField(def.output, 'output', ['jpeg', 'png', 'frame'], 'jpeg');
  const quality = numberField(def.quality, 'quality', JPEG_QUALITY, { min: 1, max: 100, integer: true });
  return {
    runtime: textField(def.runtime, 'runtime'),
    options: toAnnotateOptions({
      boxes: flagField(def.boxes, 'boxes', defaults.boxes),
      landmarks: flagField(def.landmarks, 'landmarks', defaults.landmarks),
      names: flagField(def.names, 'names', defaults.names),
      similarity: flagField(def.similarity, 'similarity', defaults.similarity),
      strangerText: textField(def.strangerText, 'strangerText', strangerText),
      colours: {
        known: textField(def.knownColour, 'knownColour', defaults.colours.known),
        stranger: textField(def.strangerColour, 'strangerColour', defaults.colours.stranger),
        detected: textField(def.detectedColour, 'detectedColour', defaults.colours.detected),
      },
    }),
    fps: flagField(def.fps, 'fps', false),
    encode: format === 'frame' ? undefined : { format, quality },
    dropPixels: flagField(def.dropPixels, 'dropPixels', false),
    dropEmbeddings: flagField(def.dropEmbeddings, 'dropEmbeddings', false),
  };
}
