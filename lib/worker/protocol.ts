/** What a thread and its client say to each other. */
import type { ErrorCode } from '../core/errors';

export interface Request {
  readonly id: number;
  readonly operation: string;
  readonly args: readonly unknown[];
}

export interface Failure {
  readonly code?: ErrorCode;
  readonly message: string;
  readonly status?: string;
  readonly stack?: string;
}

/** A failure without an id belongs to the request under way: what came could not even be read. */
export type Reply =
  { readonly id: number; readonly result: unknown } | { readonly id?: number; readonly failure: Failure };

/** Asks the thread to finish, to free what it holds and to end. */
export const CLOSE = 'close';

export interface ThreadData {
  /** What the thread has still to do (its start, requests, its close), one number that both sides see. */
  readonly pending: Int32Array;
  readonly options: unknown;
}

/** The operations of a thread: the public methods of a class. */
export type Arguments<O, N extends keyof O> = O[N] extends (...args: infer A) => unknown ? A : never;
export type Result<O, N extends keyof O> = O[N] extends (...args: never[]) => infer R ? Awaited<R> : never;
