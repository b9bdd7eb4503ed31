/**
 * Everything between "faces of a frame" and "Anna arrived", for any number of sources in one instance. For each frame:
 * `plan` (where to detect), detect, `wanted` (which faces to embed and match), embed and match those, `update`; and
 * `tick` now and then, so that people leave when frames stop. Only `update` is needed where everything is detected and
 * embedded anyway. No clock and no timer in here.
 */
import type { Face } from '../core/face';
import type { Frame } from '../image/frame';
import type { Embedded } from './appearance';
import { type BestShot, betterShot } from './best-shot';
import { type DetectionPlan, DetectionSchedule } from './detection-schedule';
import { EventMachine, type FaceEvent, type Identity, type Sighting, type Stays } from './event-machine';
import { type Conclusion, IdentityVote } from './identity-vote';
import { type TrackingOptions, toTrackingOptions } from './options';
import { type Needs, Pace } from './pace';
import { FaceSmoother, type SmoothedFace } from './smoothing';
import { StrangerMemory } from './stranger-memory';
import { counter, type TrackedFace, Tracker } from './tracker';

/** After a deploy or a start a source has this long to give its first frame before people there have left, ms. */
const RESUME_MS = 30_000;

export type WatchedFace = TrackedFace & {
  /** Who the track is by the vote so far; the face's own match is one look at it. */
  readonly identity: Identity;
  /** For drawing only. */
  readonly smoothed: SmoothedFace;
};

export interface WatchResult {
  /** The faces that are followed, in the same order: all but those beyond the most that may be. */
  readonly faces: WatchedFace[];
  /** All faces of the frame in the same order, those that are not followed as they came. */
  readonly all: Face[];
  readonly events: FaceEvent[];
}

export type FrameStamp = Pick<Frame, 'source' | 'timestamp' | 'width' | 'height'>;

interface TrackRecord {
  readonly vote: IdentityVote;
  readonly smoother: FaceSmoother;
  best: BestShot | undefined;
  strangerId: string | null;
}

/** Who is at one source, for another watch to go on with. */
export interface Presence extends Stays {
  readonly source: string;
  /** Timestamp of the latest frame, ms. */
  readonly last: number;
  /** Time between its pictures, ms; undefined while only one is known. */
  readonly gap: number | undefined;
}

/** What is known of one source. */
interface Camera {
  readonly tracker: Tracker;
  readonly schedule: DetectionSchedule;
  readonly events: EventMachine;
  readonly records: Map<number, TrackRecord>;
  readonly pace: Pace;
  /** Taken over from another watch, and no frame has come since. */
  resumed: boolean;
  /** Timestamp of the latest frame, ms. */
  last: number;
}

export class FaceWatch {
  private readonly options: TrackingOptions;
  /** In the order of the last frame: the first is silent for longest. */
  private readonly cameras = new Map<string, Camera>();
  private readonly strangers: StrangerMemory;
  private readonly nextTrackId = counter();
  /** Events of sources that were closed between two updates. */
  private pending: FaceEvent[] = [];

  /** @throws ArcFlowError INVALID_ARGUMENT that names the option. */
  constructor(options?: unknown) {
    this.options = toTrackingOptions(options);
    this.strangers = new StrangerMemory(this.options);
  }

  /** How much is remembered, for status and tests. */
  get counts(): { readonly sources: number; readonly tracks: number; readonly strangers: number } {
    const tracks = [...this.cameras.values()].reduce((sum, { records }) => sum + records.size, 0);
    return { sources: this.cameras.size, tracks, strangers: this.strangers.size };
  }

  /** Where to detect faces in this frame; call once for each frame, before detection. */
  plan(frame: FrameStamp): DetectionPlan {
    const { tracker, schedule, pace, last } = this.camera(frame);
    return schedule.next(tracker.predicted(last), frame, tracker.justLostOne || !pace.placeTells);
  }

  /**
   * Which of the detected faces should be embedded and matched: new ones, those whose track is not settled or due for
   * another look, and those whose place alone does not tell whose they are. Changes no vote.
   */
  wanted(frame: FrameStamp, faces: readonly Face[]): boolean[] {
    const { tracker, records, last } = this.camera(frame);
    const followed = largest(faces, this.options.maxFaces);
    const previews = tracker.preview(
      followed.map((index) => faces[index]!),
      last,
    );
    const wanted = new Array<boolean>(faces.length).fill(false);
    previews.forEach(({ id, doubtful }, place) => {
      const vote = id === undefined ? undefined : records.get(id)?.vote;
      wanted[followed[place]!] = vote === undefined || doubtful || vote.needsRecognition(last);
    });
    return wanted;
  }

  /**
   * Takes the faces of one frame, with embedding and match where they were made.
   * @example
   * const { events } = watch.update(frame, matchedFaces);
   * for (const { event, person } of events) console.log(event, person); // arrived Anna
   */
  update(frame: Frame, faces: readonly Face[]): WatchResult {
    const camera = this.camera(frame);
    const { tracker, pace, last: at } = camera;
    const needs = pace.needs(at);
    tracker.adapt({ minHits: needs.hits, coastFor: pace.coastFor });
    this.strangers.expire(at);
    const followed = largest(faces, this.options.maxFaces);
    const tracked = tracker.update(
      followed.map((index) => faces[index]!),
      at,
      frame,
    );
    const watched = tracked.map((face) => this.watch(camera, face, frame, at, needs));
    forgetEndedTracks(camera);
    const sightings = watched
      .filter(({ track, identity }) => tracker.isConfirmed(track) && identity.state !== 'undecided')
      .map(({ track, identity }) => ({
        identity,
        since: at - track.age,
        best: camera.records.get(track.id)?.best,
      }));
    const events = [...this.takePending(), ...camera.events.update(sightings, at, pace.leaveAfter)];
    const all = [...faces];
    followed.forEach((index, place) => (all[index] = watched[place]!));
    return { faces: watched, all, events };
  }

  /**
   * Lets time pass without a frame.
   * @param now ms on the clock of the frames' timestamps
   * @param source only this source, for sources whose clocks differ (a file that is played faster than real time)
   */
  tick(now: number, source?: string): FaceEvent[] {
    const events = this.takePending();
    for (const [name, camera] of this.cameras) {
      if (source !== undefined && name !== source) continue;
      const { leaveAfter } = camera.pace;
      const patience = camera.resumed ? Math.max(leaveAfter, RESUME_MS) : leaveAfter;
      events.push(...this.believe(camera, now), ...camera.events.tick(now, patience));
      camera.tracker.expire(now);
      forgetEndedTracks(camera);
      if (camera.tracker.empty && camera.events.idle) this.cameras.delete(name);
    }
    if (source === undefined) this.strangers.expire(now);
    return events;
  }

  /** Forgets a source that has ended; everybody there has left. */
  close(source: string): FaceEvent[] {
    const camera = this.cameras.get(source);
    this.cameras.delete(source);
    return camera?.events.close() ?? [];
  }

  /** Forgets everything, strangers too; everybody has left. */
  reset(): FaceEvent[] {
    const events = [
      ...this.takePending(),
      ...[...this.cameras.keys()].flatMap((source) => this.close(source)),
    ];
    this.strangers.clear();
    return events;
  }

  /** What was raised between two updates and would be returned by the next; once. */
  takePending(): FaceEvent[] {
    const events = this.pending;
    this.pending = [];
    return events;
  }

  /** Who is where, for another watch to go on with; see resume. */
  handOver(): Presence[] {
    return [...this.cameras].map(([source, { events, pace, last }]) => ({
      source,
      last,
      gap: pace.longest,
      ...events.handOver(),
    }));
  }

  /**
   * Goes on where another watch has stopped: whoever is still there has not arrived anew, whoever is not has left in
   * due time.
   * @param previous that watch, where it is at hand: its strangers are remembered
   */
  resume(presences: readonly Presence[], previous?: FaceWatch): void {
    if (previous) this.strangers.inherit(previous.strangers);
    for (const { source, last, gap, ...stays } of presences) {
      for (const { strangerId } of stays.stays) if (strangerId !== null) this.strangers.reserve(strangerId);
      const pace = Pace.from(this.options, last, gap);
      const camera = this.cameras.get(source) ?? { ...this.newCamera(source, last), pace, resumed: true };
      camera.events.resume(stays);
      this.cameras.set(source, camera);
    }
  }

  /** The state of the frame's source, its clock set to the frame. */
  private camera({ source, timestamp }: FrameStamp): Camera {
    const last = this.cameras.get(source)?.last ?? timestamp;
    // A little disorder is taken for the same moment; a jump back is a clip that began anew.
    if (timestamp < last - this.options.coastFor) this.pending.push(...this.close(source));
    const camera = this.cameras.get(source) ?? this.newCamera(source, timestamp);
    if (camera.resumed) camera.events.lookAgain(timestamp);
    camera.resumed = false;
    camera.last = Math.max(camera.last, timestamp);
    camera.pace.note(timestamp);
    camera.tracker.adapt({ minHits: camera.pace.needs(camera.last).hits, coastFor: camera.pace.coastFor });
    camera.tracker.expire(camera.last);
    this.cameras.delete(source);
    this.cameras.set(source, camera);
    if (this.cameras.size > this.options.maxSources) {
      const [silent] = this.cameras.keys();
      this.pending.push(...this.close(silent!));
    }
    return camera;
  }

  private newCamera(source: string, timestamp: number): Camera {
    return {
      tracker: new Tracker(this.options, this.nextTrackId),
      schedule: new DetectionSchedule(this.options),
      events: new EventMachine(source, this.options),
      records: new Map(),
      pace: new Pace(this.options, timestamp),
      resumed: false,
      last: timestamp,
    };
  }

  private watch(camera: Camera, face: TrackedFace, frame: Frame, at: number, needs: Needs): WatchedFace {
    const { tracker, records } = camera;
    const { id } = face.track;
    const record = records.get(id) ?? {
      vote: new IdentityVote(this.options),
      smoother: new FaceSmoother(),
      best: undefined,
      strangerId: null,
    };
    records.set(id, record);
    const conclusion = record.vote.add(face, at, needs);
    record.best = betterShot(record.best, face, frame, this.options.cropMargin);
    const identity = this.identity(record, conclusion, tracker.appearance(id) ?? face, at);
    return { ...face, identity, smoothed: record.smoother.smooth(face, at) };
  }

  /** A conclusion with the number of the stranger, who is remembered as seen at a time. */
  private identity(record: TrackRecord, conclusion: Conclusion, looks: Embedded, at: number): Identity {
    if (conclusion.state !== 'stranger') return { ...conclusion, strangerId: null };
    record.strangerId ??= this.strangers.identify(looks, at);
    this.strangers.see(record.strangerId, looks, at);
    return { ...conclusion, strangerId: record.strangerId };
  }

  /**
   * What the latest frame tells when no other follows it. A source that gives one picture, or one in a while, will not
   * confirm it soon; of a video that stops, only a name that was certain is believed.
   */
  private believe({ tracker, records, events, pace, last }: Camera, now: number): FaceEvent[] {
    if (now <= last || now - last > pace.leaveAfter) return [];
    const needs = pace.needs(now);
    const sightings = tracker.seenAt(last).flatMap(({ id, age, hits }): Sighting[] => {
      const record = records.get(id);
      if (record === undefined || hits < needs.hits) return [];
      const conclusion = record.vote.reconsider(needs);
      if (conclusion.state === 'undecided' || (conclusion.state === 'stranger' && !pace.slow)) return [];
      const identity = this.identity(record, conclusion, tracker.appearance(id) ?? {}, last);
      return [{ identity, since: last - age, best: record.best }];
    });
    return events.believe(sightings, last, now);
  }
}

/** Where the largest faces are, in the order in which they came. */
function largest(faces: readonly Face[], most: number): number[] {
  const area = (index: number) => faces[index]!.box.width * faces[index]!.box.height;
  const all = [...faces.keys()];
  if (all.length <= most) return all;
  return all
    .sort((a, b) => area(b) - area(a))
    .slice(0, most)
    .sort((a, b) => a - b);
}

function forgetEndedTracks({ tracker, records }: Camera): void {
  for (const id of records.keys()) if (!tracker.has(id)) records.delete(id);
}
