/** What a trial and the gates in its Node-RED tell each other. */

export type Command =
  /** Send a message out of a gate. */
  | { readonly type: 'inject'; readonly gate: string; readonly message: Readonly<Record<string, unknown>> }
  /** Give back the memory that is not needed, and say so. */
  | { readonly type: 'settle' };

/** A message that came to a gate. */
export interface Arrival {
  readonly type: 'arrival';
  readonly gate: string;
  readonly messageId: string;
  readonly topic: string;
  /** How many faces, and whom the gallery knows of them. */
  readonly faces: number;
  readonly people: readonly string[];
  /** Of a source that tells it. */
  readonly state?: string;
  readonly error?: { readonly message: string; readonly code: string; readonly nodeType: string };
}

export type Report = Arrival | { readonly type: 'settled' };
