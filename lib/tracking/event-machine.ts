/** From sightings of one source, many a second, to one event about one person. */
import type { BestShot } from './best-shot';
import type { Conclusion } from './identity-vote';
import type { TrackingOptions } from './options';

export type EventName = 'arrived' | 'left' | 'seen' | 'unknown';

export interface FaceEvent {
  readonly event: EventName;
  /** null for a stranger. */
  readonly person: string | null;
  /** Such as "stranger-3"; null for a known person. */
  readonly strangerId: string | null;
  /** Best similarity to the gallery during this stay, -1..1. */
  readonly similarity: number;
  /** Looks that agree on the identity, of the track that has most. */
  readonly votes: number;
  /** First and latest sighting of this stay, ms. */
  readonly firstTime: number;
  readonly lastTime: number;
  readonly source: string;
  /** The best look of this stay; null when there was none inside the picture. */
  readonly best: BestShot | null;
}

/** Who a track is at this moment. */
export interface Identity extends Conclusion {
  /** null unless a stranger. */
  readonly strangerId: string | null;
}

export interface Sighting {
  readonly identity: Identity;
  /** First detection of the track, ms. */
  readonly since: number;
  readonly best: BestShot | undefined;
}

export type EventOptions = Pick<TrackingOptions, 'leaveAfter' | 'seenEvery' | 'unknownAfter' | 'coolDown'>;

export interface Stay {
  readonly person: string | null;
  readonly strangerId: string | null;
  similarity: number;
  votes: number;
  firstTime: number;
  lastTime: number;
  best: BestShot | undefined;
  /** When the latest event of this stay was raised; undefined before `arrived` or `unknown`. */
  announced: number | undefined;
  /** Absence counts from here where that is later than the latest sighting, ms: nobody was looking before. */
  unwatchedUntil?: number;
}

/** What one machine hands over to the next. */
export interface Stays {
  readonly stays: readonly Readonly<Stay>[];
  /** Who arrived lately and when, for the cool-down. */
  readonly arrivals: readonly (readonly [key: string, at: number])[];
}

/** Strangers and people cannot share a key, whatever a person is called. */
const keyOf = ({ person, strangerId }: Pick<Identity, 'person' | 'strangerId'>) =>
  person === null ? `stranger ${strangerId ?? ''}` : `person ${person}`;

/**
 * For each person of one source: at most one stay at a time, `arrived` (for a stranger `unknown`) and `left` strictly
 * in turn, `seen` only between them. An arrival during the cool-down is put off, not lost: it is raised when the
 * cool-down ends if the person is then in sight.
 */
export class EventMachine {
  private readonly stays = new Map<string, Stay>();
  /** Key → when its latest `arrived` or `unknown` was raised, for as long as that matters. */
  private readonly lastArrival = new Map<string, number>();

  constructor(
    private readonly source: string,
    private readonly options: EventOptions,
  ) {}

  /** Whether nothing is left to remember. */
  get idle(): boolean {
    return this.stays.size === 0 && this.lastArrival.size === 0;
  }

  /**
   * Takes the confirmed, decided tracks of one frame; several of one person count once.
   * @param leaveAfter how long somebody must be out of sight to have left, ms
   */
  update(sightings: readonly Sighting[], at: number, leaveAfter = this.options.leaveAfter): FaceEvent[] {
    const events = this.tick(at, leaveAfter);
    const present = new Set(sightings.map((sighting) => this.see(sighting, at)));
    return [...events, ...this.announce(present, at)];
  }

  /**
   * Takes who was in the latest frame when no further one has come to confirm it: raises what is due by now, except
   * `seen`.
   * @param seenAt when that frame was taken, ms
   */
  believe(sightings: readonly Sighting[], seenAt: number, now: number): FaceEvent[] {
    const present = new Set(sightings.map((sighting) => this.see(sighting, seenAt)));
    return this.announce(
      [...present].filter(({ announced }) => announced === undefined),
      now,
    );
  }

  /** Lets time pass: raises `left` for everybody out of sight for long enough. */
  tick(now: number, leaveAfter = this.options.leaveAfter): FaceEvent[] {
    for (const [key, at] of this.lastArrival)
      if (now - at >= this.options.coolDown) this.lastArrival.delete(key);
    return this.end(
      ({ lastTime, unwatchedUntil = lastTime }) => now - Math.max(lastTime, unwatchedUntil) > leaveAfter,
    );
  }

  /** Everything that is remembered, for another machine to go on with. */
  handOver(): Stays {
    return { stays: [...this.stays.values()].map((stay) => ({ ...stay })), arrivals: [...this.lastArrival] };
  }

  /** Goes on where another machine has stopped. */
  resume({ stays, arrivals }: Stays): void {
    for (const stay of stays) this.stays.set(keyOf(stay), { ...stay });
    for (const [key, at] of arrivals) this.lastArrival.set(key, at);
  }

  /** Ends every stay: the source is gone. */
  close(): FaceEvent[] {
    this.lastArrival.clear();
    return this.end(() => true);
  }

  /** Nobody was looking until now: whoever was here has this moment's chance to be seen. */
  lookAgain(at: number): void {
    for (const stay of this.stays.values()) stay.unwatchedUntil = at;
  }

  private end(isOver: (stay: Stay) => boolean): FaceEvent[] {
    const over = [...this.stays].filter(([, stay]) => isOver(stay));
    for (const [key] of over) this.stays.delete(key);
    return over
      .filter(([, { announced }]) => announced !== undefined)
      .map(([, stay]) => this.event('left', stay));
  }

  private announce(present: Iterable<Stay>, at: number): FaceEvent[] {
    const events: FaceEvent[] = [];
    for (const stay of present) {
      const event = this.due(stay, at);
      if (event === undefined) continue;
      stay.announced = at;
      if (event !== 'seen') this.lastArrival.set(keyOf(stay), at);
      events.push(this.event(event, stay));
    }
    return events;
  }

  private see({ identity, since, best }: Sighting, at: number): Stay {
    const key = keyOf(identity);
    const stay = this.stays.get(key) ?? {
      person: identity.person,
      strangerId: identity.strangerId,
      similarity: identity.similarity,
      votes: identity.votes,
      firstTime: since,
      lastTime: at,
      best,
      announced: undefined,
    };
    stay.similarity = Math.max(stay.similarity, identity.similarity);
    stay.votes = Math.max(stay.votes, identity.votes);
    stay.firstTime = Math.min(stay.firstTime, since);
    stay.lastTime = at;
    if (best !== undefined && best.score > (stay.best?.score ?? -1)) stay.best = best;
    this.stays.set(key, stay);
    return stay;
  }

  private due(stay: Stay, at: number): EventName | undefined {
    const { seenEvery, unknownAfter } = this.options;
    const isStranger = stay.person === null;
    if (stay.announced !== undefined)
      return !isStranger && at - stay.announced >= seenEvery ? 'seen' : undefined;
    if (this.lastArrival.has(keyOf(stay))) return undefined;
    if (!isStranger) return 'arrived';
    return at - stay.firstTime >= unknownAfter ? 'unknown' : undefined;
  }

  private event(
    event: EventName,
    { person, strangerId, similarity, votes, firstTime, lastTime, best }: Stay,
  ): FaceEvent {
    return {
      event,
      person,
      strangerId,
      similarity,
      votes,
      firstTime,
      lastTime,
      source: this.source,
      best: best ?? null,
    };
  }
}
