/** Packages that this project does not bring: where they lie, and the one command that installs them all. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PeerMissing } from './job';

/**
 * In one command: npm removes what an earlier `npm install --no-save` brought. @vladmandic/face-api is a development
 * dependency; the others need TensorFlow.js of its major version.
 */
export const INSTALL =
  'npm install --no-save @vladmandic/human @tensorflow/tfjs@4 @tensorflow/tfjs-backend-wasm@4';

const load = createRequire(__filename);

/**
 * The folder of a package, found by its name alone: not every package lists its files under `exports` in a way that
 * Node.js accepts. Looks where `require` does, NODE_PATH included.
 * @throws PeerMissing that says what to install
 */
export function packageFolder(name: string): string {
  const folders = (load.resolve.paths(name) ?? []).map((folder) => join(folder, name));
  const found = folders.find((folder) => existsSync(join(folder, 'package.json')));
  if (found === undefined) throw new PeerMissing(`${name} is not installed: ${INSTALL}`);
  return found;
}

export function versionOf(folder: string): string {
  return (load(join(folder, 'package.json')) as { version: string }).version;
}

/** A file of a package by its path. */
export function loadFile(folder: string, ...path: readonly string[]): unknown {
  return load(join(folder, ...path));
}
