/** TensorFlow.js' WebAssembly backend, which the peers need and do not bring. */
import { join } from 'node:path';
import { loadFile, packageFolder } from './installed';

interface WasmBackend {
  /** Where the .wasm files lie: a folder with a slash behind it. */
  setWasmPaths(folder: string): void;
}

/**
 * @returns where the .wasm files lie, with a slash behind it
 * @throws PeerMissing that says what to install
 */
export function loadWasmBackend(): string {
  packageFolder('@tensorflow/tfjs');
  const folder = packageFolder('@tensorflow/tfjs-backend-wasm');
  const files = `${join(folder, 'dist')}/`;
  (loadFile(folder) as WasmBackend).setWasmPaths(files);
  return files;
}
