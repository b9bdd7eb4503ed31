/** What the engine and its worker say to each other. */
import type { ErrorCode } from '../errors';
import type { ProviderChoice } from '../inference/providers';
import type { Operations } from './operations';

export interface EngineOptions {
  readonly provider: ProviderChoice;
  /** Threads for one network; 0 takes as many as the machine has cores, at most 4. */
  readonly threads: number;
  /** A manifest of the user's own models beside the shipped one. */
  readonly manifest?: string;
}

export type OperationName = keyof Operations;
export type Arguments<N extends OperationName> = Parameters<Operations[N]>;
export type Result<N extends OperationName> = Awaited<ReturnType<Operations[N]>>;

export interface Request {
  readonly id: number;
  readonly operation: OperationName;
  readonly args: readonly unknown[];
}

export interface Failure {
  readonly code?: ErrorCode;
  readonly message: string;
  readonly status?: string;
  readonly stack?: string;
}

export type Response =
  { readonly id: number; readonly result: unknown } | { readonly id: number; readonly failure: Failure };
