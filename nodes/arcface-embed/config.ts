import { isAbsolute, join } from 'node:path';
import type { NodeDef } from 'node-red';
import { COLOUR_ORDERS, DEFAULT_EMBED_MODEL, type EmbedModel } from '../../lib/models/manifest';
import { nonEmptyString } from '../../lib/core/validate';
import { choiceField, flagField, numberField, textField } from '../shared/config';

/** The value of the model field that stands for a file of the user's own. */
export const OWN_FILE = 'file';

export interface EmbedDef extends NodeDef {
  readonly runtime?: string;
  /** Id of a model in the manifest, or "file". */
  readonly model?: string;
  readonly file?: string;
  readonly fileId?: string;
  readonly inputSize?: string | number;
  readonly colour?: string;
  readonly mean?: string | number;
  readonly scale?: string | number;
  readonly dimension?: string | number;
  readonly flip?: boolean;
  readonly crops?: boolean;
  /** Id of a face events node further on that says which faces it knows already. */
  readonly watch?: string;
  readonly dropPixels?: boolean;
}

export interface EmbedConfig {
  readonly runtime: string;
  /** An id to look up in the runtime's manifest, or the user's own model as declared. */
  readonly model: string | EmbedModel;
  readonly flip: boolean;
  readonly crops: boolean;
  /** Empty: every face is embedded. */
  readonly watch: string;
  readonly dropPixels: boolean;
}

/** @param userDir Node-RED's user directory, which a relative model path starts from */
export function toConfig(def: EmbedDef, userDir: string): EmbedConfig {
  const model = textField(def.model, 'model', DEFAULT_EMBED_MODEL);
  return {
    runtime: textField(def.runtime, 'runtime'),
    model: model === OWN_FILE ? toOwnModel(def, userDir) : model,
    flip: flagField(def.flip, 'flip', false),
    crops: flagField(def.crops, 'crops', false),
    watch: textField(def.watch, 'watch'),
    dropPixels: flagField(def.dropPixels, 'dropPixels', false),
  };
}

/** Input convention and dimension are declared, never guessed: a wrong guess gives plausible, useless embeddings. */
function toOwnModel(def: EmbedDef, userDir: string): EmbedModel {
  const file = nonEmptyString(def.file, 'file');
  const size = numberField(def.inputSize, 'inputSize', 112, { min: 16, max: 512, integer: true });
  const id = nonEmptyString(def.fileId, 'fileId');
  return {
    id,
    title: id,
    file,
    path: isAbsolute(file) ? file : join(userDir, file),
    input: {
      width: size,
      height: size,
      colour: choiceField(def.colour, 'colour', COLOUR_ORDERS, 'RGB'),
      mean: numberField(def.mean, 'mean', 127.5),
      scale: numberField(def.scale, 'scale', 1 / 127.5, { min: 1e-6, max: 1e3 }),
    },
    dimension: numberField(def.dimension, 'dimension', 512, { min: 2, max: 4096, integer: true }),
  };
}
