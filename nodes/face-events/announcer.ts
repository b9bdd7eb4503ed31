/** Events as messages with a picture, sent in the order in which they were raised. */
import type { NodeMessage } from 'node-red';
import type { Engine } from '../../lib/engine/engine';
import type { EventName, FaceEvent } from '../../lib/tracking/event-machine';
import type { Send } from '../shared/node';

/** Of the best crop: larger than a list shows, small enough for MQTT. */
const LONGEST_SIDE_PX = 480;
const JPEG_QUALITY = 85;

export interface EventMessage extends NodeMessage {
  readonly topic: EventName;
  readonly payload: Omit<FaceEvent, 'best'>;
  /** The best look as JPEG; absent when there was none or it could not be made. */
  readonly image?: Buffer;
}

export interface AnnouncerHooks {
  /** Makes the pictures; undefined: none. May throw. */
  engine(): Engine | undefined;
  /** Called right before an event is sent. */
  before?(event: FaceEvent): void;
  /** Called right after an event was sent. */
  after?(event: FaceEvent): void;
}

export class Announcer {
  private last: Promise<void>;
  private holds: boolean;
  /** Raised and not yet sent, in order. */
  private readonly waiting: FaceEvent[] = [];
  private closed = false;

  /** @param ready what to wait for before the first event is sent */
  constructor(
    private readonly hooks: AnnouncerHooks,
    ready?: Promise<void>,
  ) {
    this.holds = ready !== undefined;
    this.last = Promise.resolve(ready).then(() => void (this.holds = false));
  }

  /** Whether events are held back still. */
  get held(): boolean {
    return this.holds;
  }

  /**
   * Sends the events after all those before them. An event whose picture cannot be made is sent without.
   * @throws the first thing that went wrong, once all events are sent
   */
  announce(events: readonly FaceEvent[], send: Send): Promise<void> {
    if (events.length === 0) return Promise.resolve();
    this.waiting.push(...events);
    const sent = this.last.then(() => this.sendAll(events, send));
    this.last = sent.catch(() => undefined);
    return sent;
  }

  /** Sends nothing any more. Returns what was raised and has not been sent. */
  close(): FaceEvent[] {
    this.closed = true;
    return this.waiting;
  }

  private async sendAll(events: readonly FaceEvent[], send: Send): Promise<void> {
    const failures: unknown[] = [];
    const attempt = (act: () => void): void => {
      try {
        act();
      } catch (error) {
        failures.push(error);
      }
    };
    for (const event of events) {
      const image = await this.picture(event).catch((error: unknown) => void failures.push(error));
      if (this.closed) return;
      this.waiting.shift();
      attempt(() => this.hooks.before?.(event));
      send([toMessage(event, image), null]);
      attempt(() => this.hooks.after?.(event));
    }
    if (failures.length > 0) throw failures[0];
  }

  private async picture({ best }: FaceEvent): Promise<Buffer | undefined> {
    const engine = best === null ? undefined : this.hooks.engine();
    if (best === null || !engine) return undefined;
    const options = { format: 'jpeg', quality: JPEG_QUALITY, maxSide: LONGEST_SIDE_PX } as const;
    const { buffer, byteOffset, byteLength } = await engine.call('encode', best.crop, options);
    return Buffer.from(buffer, byteOffset, byteLength);
  }
}

export function toMessage(
  { event, person, strangerId, similarity, votes, firstTime, lastTime, source }: FaceEvent,
  image?: Buffer,
): EventMessage {
  const payload = { event, person, strangerId, similarity, votes, firstTime, lastTime, source };
  return { topic: event, payload, ...(image && { image }) };
}
