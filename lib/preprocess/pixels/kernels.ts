/** Kernels that work in a memory of a fixed size. */
import { openKernels, PAGE } from '../../kernel-module';

export interface Kernels<T> {
  readonly kernels: T;
  readonly memory: ArrayBuffer;
}

/**
 * A module of kernels/, by name, with a memory of its own. The memory never grows: growing detaches the old buffer,
 * and once any buffer has been detached, V8 checks for that at every access to every typed array, which makes all
 * loops over pixels slower by up to 60 %. Of its bytes only what is used is ever backed by real memory.
 * @typeParam T the module's exports
 */
export function loadKernels<T>(name: string, bytes: number): Kernels<T> {
  const pages = Math.ceil(bytes / PAGE);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  return { kernels: openKernels(name, memory) as T, memory: memory.buffer };
}
