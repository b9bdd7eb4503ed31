/**
 * Everything between "faces of a frame" and "Anna arrived", for any number of sources in one instance. For each frame:
 * `plan` (where to detect), detect, `wanted` (which faces to embed and match), embed and match those, `update`; and
 * `tick` now and then, so that people leave when frames stop. Only `update` is needed where everything is detected and
 * embedded anyway. No clock and no timer in here.
 */
import type { Face } from '../face';
import type { Frame } from '../image/frame';
import { type BestShot, betterShot } from './best-shot';
import { type DetectionPlan, DetectionSchedule } from './detection-schedule';
import { EventMachine, type FaceEvent, type Identity } from './event-machine';
import { IdentityVote } from './identity-vote';
import { type TrackingOptions, toTrackingOptions } from './options';
import { FaceSmoother, type SmoothedFace } from './smoothing';
import { StrangerMemory } from './stranger-memory';
import { counter, type TrackedFace, Tracker } from './tracker';

export type WatchedFace = TrackedFace & {
  /** Who the track is by the vote so far; the face's own match is one look at it. */
  readonly identity: Identity;
  /** For drawing only. */
  readonly smoothed: SmoothedFace;
};

export interface WatchResult {
  /** The faces of the frame, in the same order. */
  readonly faces: WatchedFace[];
  readonly events: FaceEvent[];
}

export type FrameStamp = Pick<Frame, 'source' | 'timestamp' | 'width' | 'height'>;

interface TrackRecord {
  readonly vote: IdentityVote;
  readonly smoother: FaceSmoother;
  best: BestShot | undefined;
  strangerId: string | null;
}

/** What is known of one source. */
interface Camera {
  readonly tracker: Tracker;
  readonly schedule: DetectionSchedule;
  readonly events: EventMachine;
  readonly records: Map<number, TrackRecord>;
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
    const { tracker, schedule, last } = this.camera(frame);
    return schedule.next(tracker.predicted(last), frame, tracker.justLostOne);
  }

  /**
   * Which of the detected faces should be embedded and matched: new ones, those whose track is not settled or due for
   * another look, and those whose place alone does not tell whose they are. Changes no vote.
   */
  wanted(frame: FrameStamp, faces: readonly Face[]): boolean[] {
    const { tracker, records, last } = this.camera(frame);
    return tracker.preview(faces, last).map(({ id, doubtful }) => {
      const vote = id === undefined ? undefined : records.get(id)?.vote;
      return vote === undefined || doubtful || vote.needsRecognition(last);
    });
  }

  /** Takes the faces of one frame, with embedding and match where they were made. */
  update(frame: Frame, faces: readonly Face[]): WatchResult {
    const camera = this.camera(frame);
    const at = camera.last;
    this.strangers.expire(at);
    const watched = camera.tracker
      .update(faces, at, frame)
      .map((face) => this.watch(camera, face, frame, at));
    forgetEndedTracks(camera);
    const sightings = watched
      .filter(({ track, identity }) => camera.tracker.isConfirmed(track) && identity.state !== 'undecided')
      .map(({ track, identity }) => ({
        identity,
        since: at - track.age,
        best: camera.records.get(track.id)?.best,
      }));
    const events = [...this.pending, ...camera.events.update(sightings, at)];
    this.pending = [];
    return { faces: watched, events };
  }

  /**
   * Lets time pass without a frame.
   * @param now ms on the clock of the frames' timestamps
   * @param source only this source, for sources whose clocks differ (a file that is played faster than real time)
   */
  tick(now: number, source?: string): FaceEvent[] {
    const events = this.pending;
    this.pending = [];
    for (const [name, camera] of this.cameras) {
      if (source !== undefined && name !== source) continue;
      camera.tracker.expire(now);
      forgetEndedTracks(camera);
      events.push(...camera.events.tick(now));
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
    const events = [...this.pending, ...[...this.cameras.keys()].flatMap((source) => this.close(source))];
    this.pending = [];
    this.strangers.clear();
    return events;
  }

  /** The state of the frame's source, its clock set to the frame. */
  private camera({ source, timestamp }: FrameStamp): Camera {
    const last = this.cameras.get(source)?.last ?? timestamp;
    // A little disorder is taken for the same moment; a jump back is a clip that began anew.
    if (timestamp < last - this.options.coastFor) this.pending.push(...this.close(source));
    const camera = this.cameras.get(source) ?? this.newCamera(source, timestamp);
    camera.last = Math.max(camera.last, timestamp);
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
      last: timestamp,
    };
  }

  private watch({ tracker, records }: Camera, face: TrackedFace, frame: Frame, at: number): WatchedFace {
    const { id } = face.track;
    const record = records.get(id) ?? {
      vote: new IdentityVote(this.options),
      smoother: new FaceSmoother(),
      best: undefined,
      strangerId: null,
    };
    records.set(id, record);
    const conclusion = record.vote.add(face, at);
    record.best = betterShot(record.best, face, frame, this.options.cropMargin);
    if (conclusion.state === 'stranger') {
      const looks = tracker.appearance(id) ?? face;
      record.strangerId ??= this.strangers.identify(looks, at);
      this.strangers.see(record.strangerId, looks, at);
    }
    const strangerId = conclusion.state === 'stranger' ? record.strangerId : null;
    return { ...face, identity: { ...conclusion, strangerId }, smoothed: record.smoother.smooth(face, at) };
  }
}

function forgetEndedTracks({ tracker, records }: Camera): void {
  for (const id of records.keys()) if (!tracker.has(id)) records.delete(id);
}
