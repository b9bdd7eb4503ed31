/** What comes back for a message, known by its id, which nodes leave as it is. */
import type { Arrival } from '../programs/gate-messages';

export interface Answer {
  /** undefined: none came in time, or Node-RED died. */
  readonly arrival?: Arrival;
  readonly ms: number;
}

export class Answers {
  private count = 0;
  private readonly waits = new Map<string, (arrival: Arrival) => void>();

  newId(): string {
    return `endure-${++this.count}`;
  }

  note(arrival: Arrival): void {
    this.waits.get(arrival.messageId)?.(arrival);
  }

  /** The first answer to a message. */
  of(id: string, withinMs: number, gone: Promise<unknown>): Promise<Answer> {
    const began = performance.now();
    return new Promise((resolve) => {
      const end = (arrival?: Arrival): void => {
        clearTimeout(timer);
        this.waits.delete(id);
        resolve({ ms: Math.round(performance.now() - began), ...(arrival && { arrival }) });
      };
      const timer = setTimeout(() => end(), withinMs);
      this.waits.set(id, end);
      void gone.then(() => end());
    });
  }
}
