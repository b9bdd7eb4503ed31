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

export class Announcer {
  private last: Promise<void> = Promise.resolve();
  private closed = false;

  /** @param engine makes the pictures; undefined: none. May throw. */
  constructor(private readonly engine: () => Engine | undefined) {}

  /**
   * Sends the events after all those before them. An event whose picture cannot be made is sent without.
   * @throws why the first such picture could not be made, once all events are sent
   */
  announce(events: readonly FaceEvent[], send: Send): Promise<void> {
    if (events.length === 0) return Promise.resolve();
    const sent = this.last.then(() => this.sendAll(events, send));
    this.last = sent.catch(() => undefined);
    return sent;
  }

  /** Sends nothing any more. */
  close(): void {
    this.closed = true;
  }

  private async sendAll(events: readonly FaceEvent[], send: Send): Promise<void> {
    const failures: unknown[] = [];
    for (const event of events) {
      const image = await this.picture(event).catch((error: unknown) => void failures.push(error));
      if (this.closed) return;
      send([toMessage(event, image), null]);
    }
    if (failures.length > 0) throw failures[0];
  }

  private async picture({ best }: FaceEvent): Promise<Buffer | undefined> {
    const engine = best === null ? undefined : this.engine();
    if (best === null || !engine) return undefined;
    const options = { format: 'jpeg', quality: JPEG_QUALITY, maxSide: LONGEST_SIDE_PX } as const;
    const { buffer, byteOffset, byteLength } = await engine.call('encode', best.crop, options);
    return Buffer.from(buffer, byteOffset, byteLength);
  }
}

function toMessage(
  { event, person, strangerId, similarity, votes, firstTime, lastTime, source }: FaceEvent,
  image: Buffer | undefined,
): EventMessage {
  const payload = { event, person, strangerId, similarity, votes, firstTime, lastTime, source };
  return { topic: event, payload, ...(image && { image }) };
}
