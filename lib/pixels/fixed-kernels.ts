/** Kernels that work in a memory of a fixed size. */
import { openKernels, PAGE } from '../core/kernel-module';

export interface Kernels<T> {
  readonly kernels: T;
  readonly memory: ArrayBuffer;
  /** All of the memory. */
  readonly bytes: Uint8Array;
}

/**
 * Modules of kernels/, by name, with one memory of their own, which never grows: views of it stay whole, and however
 * large a frame is, it passes through in pieces. Of its bytes only what is used is ever backed by real memory. Opened
 * when they are first asked for: the main thread reads the declarations of what is done with them, and does none of it.
 * @typeParam T all that the modules export
 */
export function fixedKernels<T>(names: readonly string[], size: number): () => Kernels<T> {
  let opened: Kernels<T> | undefined;
  return () => (opened ??= open(names, size));
}

function open<T>(names: readonly string[], size: number): Kernels<T> {
  const pages = Math.ceil(size / PAGE);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const kernels: unknown = Object.assign({}, ...names.map((name) => openKernels(name, memory)));
  return { kernels: kernels as T, memory: memory.buffer, bytes: new Uint8Array(memory.buffer) };
}
