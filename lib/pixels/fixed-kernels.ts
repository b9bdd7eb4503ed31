/** Kernels that work in a memory of a fixed size. */
import { openKernels, PAGE } from './kernel-module';

export interface Kernels<T> {
  readonly kernels: T;
  readonly memory: ArrayBuffer;
}

/**
 * Modules of kernels/, by name, with one memory of their own, which never grows: views of it stay whole, and however
 * large a frame is, it passes through in pieces. Of its bytes only what is used is ever backed by real memory.
 * @typeParam T all that the modules export
 */
export function loadKernels<T>(names: readonly string[], bytes: number): Kernels<T> {
  const pages = Math.ceil(bytes / PAGE);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const kernels: unknown = Object.assign({}, ...names.map((name) => openKernels(name, memory)));
  return { kernels: kernels as T, memory: memory.buffer };
}
