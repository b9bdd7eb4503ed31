/**
 * The errors that ArcFlow raises on purpose. Each carries a code for programs and a short text for a node's
 * status; the message is a whole sentence that names what was wrong.
 */
import { types } from 'node:util';

export type ErrorCode =
  | 'INVALID_ARGUMENT'
  | 'IMAGE_UNREADABLE'
  | 'IMAGE_TOO_LARGE'
  | 'MODEL_MISSING'
  | 'MODEL_MISMATCH'
  | 'PROVIDER_UNAVAILABLE'
  | 'ENGINE_CRASHED'
  | 'ENGINE_TIMEOUT'
  | 'ENGINE_CLOSED'
  | 'ENROLMENT_REFUSED'
  | 'FACE_KNOWN'
  | 'PERSON_UNKNOWN'
  | 'STORE_UNAVAILABLE'
  | 'SOURCE_UNAVAILABLE'
  | 'DECODER_MISSING';

/** Characters of a message: whatever a name or a path in it has, it stays a sentence. */
const LONGEST_MESSAGE = 1000;
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/gu;

export class ArcFlowError extends Error {
  /**
   * @param code what went wrong, for programs
   * @param message what went wrong, for people: a whole sentence
   * @param status the same in at most 20 characters, for a node's status
   */
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly status: string = code.toLowerCase().replaceAll('_', ' '),
    options?: ErrorOptions,
  ) {
    super(oneLine(message), options);
    this.name = 'ArcFlowError';
  }

  /** The sentence alone: Node-RED shows errors, and hands them to Catch nodes, in this form. */
  override toString(): string {
    return this.message;
  }
}

/** Cut where it is too long, with control characters as escapes, so that a log keeps its lines. */
function oneLine(message: string): string {
  const shown = message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message;
  return shown.replace(
    UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Also for an error of another realm, such as a function node throws. */
export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || (!types.isProxy(value) && value instanceof Error);
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  if (isError(error)) return error.message;
  try {
    return String(error);
  } catch {
    return 'Something was thrown that has no text';
  }
}
