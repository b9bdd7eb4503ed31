/** The WebAssembly modules in kernels/build, compiled once in a thread. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../core/package-root';

/** Compiled AssemblyScript keeps a few constants below this address of its memory. */
export const FIRST_ADDRESS = 1024;
/** WebAssembly's unit of memory, bytes. */
export const PAGE = 65_536;

const modules = new Map<string, WebAssembly.Module>();

/** What kernels/<name>.ts exports, working on a memory of the caller's. */
export function openKernels(name: string, memory: WebAssembly.Memory): WebAssembly.Exports {
  const compiled =
    modules.get(name) ??
    new WebAssembly.Module(readFileSync(join(packageRoot(), 'kernels', 'build', `${name}.wasm`)));
  modules.set(name, compiled);
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports;
}
