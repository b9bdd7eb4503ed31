import type { NodeDef } from 'node-red';
import { flagField, textField } from '../shared/config';

export interface FolderDef extends NodeDef {
  readonly folder?: string;
  readonly persons?: boolean;
  readonly skip?: string;
}

export interface FolderConfig {
  /** Empty: the folder is in msg.folder. */
  readonly folder: string;
  /** One sub-folder for each person: its name goes into msg.person; images outside a sub-folder are left out. */
  readonly persons: boolean;
  /** Names of sub-folders to leave out. */
  readonly skip: readonly string[];
}

export function toConfig(def: FolderDef): FolderConfig {
  return {
    folder: textField(def.folder, 'folder'),
    persons: flagField(def.persons, 'persons', false),
    skip: textField(def.skip, 'skip')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  };
}
