/** TensorFlow.js' WebAssembly backend, which the peers need and do not bring. */
import { createRequire } from 'node:module';
import { PeerMissing } from './job';

interface WasmBackend {
  /** Where the .wasm files lie: a folder with a slash behind it. */
  setWasmPaths(folder: string): void;
}

/** @throws PeerMissing that says what to install */
export function loadWasmBackend(): WasmBackend {
  try {
    return createRequire(__filename)('@tensorflow/tfjs-backend-wasm') as WasmBackend;
  } catch (error) {
    throw new PeerMissing('npm install --no-save @tensorflow/tfjs@4 @tensorflow/tfjs-backend-wasm@4', {
      cause: error,
    });
  }
}
