/**
 * The errors that ArcFlow raises on purpose. Each carries a code for programs and a short text for a node's
 * status; the message is a whole sentence that names what was wrong.
 */

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
  | 'PERSON_UNKNOWN'
  | 'STORE_UNAVAILABLE'
  | 'SOURCE_UNAVAILABLE'
  | 'DECODER_MISSING';

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
    super(message, options);
    this.name = 'ArcFlowError';
  }

  /** The sentence alone: Node-RED shows errors, and hands them to Catch nodes, in this form. */
  override toString(): string {
    return this.message;
  }
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
