import { isAbsolute, join } from 'node:path';
import type { NodeDef } from 'node-red';
import { textField } from '../shared/config';

export interface StoreDef extends NodeDef {
  readonly directory?: string;
}

export interface StoreConfig {
  /** Absolute path of the directory that holds the gallery. */
  readonly directory: string;
}

const DEFAULT_DIRECTORY = join('arcflow', 'gallery');

/** @param userDir Node-RED's user directory: the gallery lies there, so that an update of the package cannot touch it */
export function toConfig(def: StoreDef, userDir: string): StoreConfig {
  const directory = textField(def.directory, 'directory', DEFAULT_DIRECTORY);
  return { directory: isAbsolute(directory) ? directory : join(userDir, directory) };
}
