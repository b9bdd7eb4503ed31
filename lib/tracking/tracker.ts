/**
 * Which face of this frame is which face of the frames before. In the shape of SORT (Bewley et al. 2016): predict,
 * assign, correct, and end what was not seen; with DeepSORT's (Wojke et al. 2017) appearance beside the overlap.
 * Names and events are for others.
 */
import type { Box, Face } from '../core/face';
import { iou } from '../core/box';
import type { Frame } from '../image/frame';
import { Appearance, type Embedded, similarity } from './appearance';
import { BoxMotion, centreOf } from './motion';
import type { TrackingOptions } from './options';
import { type Pair, pairUp } from './pairing';
import { faceScore } from './quality';

export interface Track {
  /** Unique among the tracks of one FaceWatch (or Tracker). */
  readonly id: number;
  /** Time since the first detection, ms. */
  readonly age: number;
  /** Detections so far, this one included. */
  readonly hits: number;
}

export type TrackedFace = Face & { readonly track: Track };
export type FrameSize = Pick<Frame, 'width' | 'height'>;
export type TrackerOptions = Pick<
  TrackingOptions,
  'minHits' | 'coastFor' | 'minOverlap' | 'sameFace' | 'otherFace' | 'maxFaces'
>;
/** What depends on how often pictures come. */
export type TrackerPace = Pick<TrackerOptions, 'minHits' | 'coastFor'>;

/** How a face continues what was there before. */
export interface Continuity {
  /** The track that it would join by what is known of it so far; undefined for a new one. */
  readonly id: number | undefined;
  /** Place alone cannot tell: an embedding should decide. */
  readonly doubtful: boolean;
}

interface LiveTrack {
  readonly id: number;
  readonly first: number;
  last: number;
  hits: number;
  /** Updates without a detection since the last one with. */
  misses: number;
  motion: BoxMotion;
  readonly appearance: Appearance;
}

/** A face that fits its predicted box by this IoU, soon and with no rival, needs no embedding to be the same face. */
const CERTAIN_OVERLAP = 0.5;
/** Longest gap after which place still tells, ms. */
const CERTAIN_GAP_MS = 300;
/** After this gap somebody else may stand in the same place, ms: then likeness decides where it is known. */
const PLACE_IS_FREE_MS = 1000;
/** Up to so many tracks × faces every pair is compared; beyond, those that fit beyond doubt are not compared with the rest. */
const FEW_PAIRS = 4096;
/** Live tracks for each face that may be followed: in a crowd as many again may be hidden. */
const TRACKS_PER_FACE = 2;
/** Even the worst look says something about a face's appearance. */
const LEAST_WEIGHT = 0.01;

function centreIsOutside(box: Box, frame: FrameSize): boolean {
  const { x, y } = centreOf(box);
  return x < 0 || y < 0 || x > frame.width || y > frame.height;
}

/** 1, 2, 3, … */
export function counter(): () => number {
  let last = 0;
  return () => ++last;
}

export class Tracker {
  private live: LiveTrack[] = [];
  private pace: TrackerPace;

  constructor(
    private readonly options: TrackerOptions,
    private readonly nextId: () => number = counter(),
  ) {
    this.pace = options;
  }

  /** Follows a source that is slower, or faster, than the options are made for. */
  adapt(pace: TrackerPace): void {
    this.pace = pace;
  }

  /** The tracks that were detected in the frame of a time. */
  seenAt(at: number): Track[] {
    return this.live
      .filter(({ last }) => last === at)
      .map(({ id, first, hits }) => ({ id, age: at - first, hits }));
  }

  /** Whether no track, seen or coasting, is alive. */
  get empty(): boolean {
    return this.live.length === 0;
  }

  /** Whether a confirmed track was missed by the latest update after being seen by the one before. */
  get justLostOne(): boolean {
    return this.live.some((track) => track.misses === 1 && this.isConfirmed(track));
  }

  /** What the face of a live track looks like, over its looks. */
  appearance(id: number): Embedded | undefined {
    return this.live.find((track) => track.id === id)?.appearance;
  }

  has(id: number): boolean {
    return this.live.some((track) => track.id === id);
  }

  /** Where the live tracks are expected at a time. */
  predicted(at: number): Box[] {
    return this.live.map(({ motion }) => motion.predict(at));
  }

  /** How each face would continue, without changing anything: tells which faces are worth an embedding. */
  preview(faces: readonly Face[], at: number): Continuity[] {
    const pairs = this.pairs(faces, at);
    const trackOf = new Map(
      pairUp(this.live.length, faces.length, pairs).map((column, row) => [column, row]),
    );
    const { tracksFor, facesFor } = this.rivalries(pairs, faces);
    return faces.map((face, column) => {
      const row = trackOf.get(column);
      const track = row === undefined ? undefined : this.live[row];
      if (row === undefined || track === undefined) return { id: undefined, doubtful: true };
      const rivals = tracksFor[column]! > 1 || facesFor[row]! > 1;
      const fits = iou(track.motion.predict(at), face.box) >= CERTAIN_OVERLAP;
      return { id: track.id, doubtful: rivals || !fits || at - track.last > CERTAIN_GAP_MS };
    });
  }

  /**
   * Takes the faces of one frame.
   * @param at when the frame was taken, ms; never less than in the call before
   * @returns the faces in the same order, each with its track
   */
  update(faces: readonly Face[], at: number, frameSize: FrameSize): TrackedFace[] {
    this.expire(at);
    const columnOf = pairUp(this.live.length, faces.length, this.pairs(faces, at));
    const trackOf = new Map<number, LiveTrack>();
    this.live.forEach((track, row) => {
      const column = columnOf[row]!;
      if (column < 0) track.misses++;
      else trackOf.set(column, track);
    });
    this.live = this.live.filter((track) => track.misses === 0 || this.mayCoast(track, at, frameSize));
    const tracked = faces.map((face, column) => {
      const track = trackOf.get(column) ?? this.start(face, at);
      this.see(track, face, at);
      return { ...face, track: { id: track.id, age: at - track.first, hits: track.hits } };
    });
    this.limit();
    return tracked;
  }

  /** Ends the tracks that have not been seen for longer than they may coast. */
  expire(now: number): void {
    this.live = this.live.filter((track) => now - track.last <= this.pace.coastFor);
  }

  /** Whether a track was found often enough to be believed. */
  isConfirmed({ hits }: Pick<Track, 'hits'>): boolean {
    return hits >= this.pace.minHits;
  }

  /** A track that is out of the frame has left; one not yet confirmed must be found more often than missed. */
  private mayCoast(track: LiveTrack, at: number, frameSize: FrameSize): boolean {
    if (centreIsOutside(track.motion.predict(at), frameSize)) return false;
    return this.isConfirmed(track) || track.misses <= track.hits;
  }

  private start(face: Face, at: number): LiveTrack {
    const track = {
      id: this.nextId(),
      first: at,
      last: at,
      hits: 0,
      misses: 0,
      motion: new BoxMotion(face.box, at),
      appearance: new Appearance(),
    };
    this.live.push(track);
    return track;
  }

  private see(track: LiveTrack, face: Face, at: number): void {
    // Found again by its embedding somewhere else (a cut, a long gap): the old velocity means nothing there.
    if (iou(track.motion.predict(at), face.box) < this.options.minOverlap)
      track.motion = new BoxMotion(face.box, at);
    else track.motion.correct(face.box, at);
    track.appearance.add(face, Math.max(faceScore(face), LEAST_WEIGHT));
    track.last = at;
    track.hits++;
    track.misses = 0;
  }

  /** Ends the tracks unseen for longest when a crowd that comes and goes has left too many. */
  private limit(): void {
    const most = TRACKS_PER_FACE * this.options.maxFaces;
    if (this.live.length > most) this.live = this.live.sort((a, b) => b.last - a.last).slice(0, most);
  }

  /** Which live track (row) may continue in which face (column), and how well they fit. */
  private pairs(faces: readonly Face[], at: number): Pair[] {
    const few = this.live.length * faces.length <= FEW_PAIRS;
    const near = this.nearPairs(faces, at, few);
    if (few) return near;
    const settled = this.beyondDoubt(near, faces, at);
    const tracks = [...this.live.keys()].filter((row) => !settled.rows.has(row));
    const others = [...faces.keys()].filter((column) => !settled.columns.has(column));
    const paired = new Uint8Array(this.live.length * faces.length);
    for (const { row, column } of near) paired[row * faces.length + column] = 1;
    for (const row of tracks)
      for (const column of others) {
        if (paired[row * faces.length + column]) continue;
        const score = this.score(0, similarity(this.live[row]!.appearance, faces[column]!), 0);
        if (score > 0) near.push({ row, column, score });
      }
    return near;
  }

  /** The pairs that may be joined by place; with `distant`, also those that only their likeness joins. */
  private nearPairs(faces: readonly Face[], at: number, distant: boolean): Pair[] {
    const { minOverlap } = this.options;
    const found: Pair[] = [];
    for (const [row, { motion, appearance, last }] of this.live.entries()) {
      const predicted = motion.predict(at);
      for (let column = 0; column < faces.length; column++) {
        const face = faces[column]!;
        const overlap = iou(predicted, face.box);
        if (overlap < minOverlap && !distant) continue;
        const score = this.score(overlap, similarity(appearance, face), at - last);
        if (score > 0) found.push({ row, column, score });
      }
    }
    return found;
  }

  /** How many tracks each face may continue, and in how many faces each track may. */
  private rivalries(
    pairs: readonly Pair[],
    { length }: readonly Face[],
  ): { readonly tracksFor: Int32Array; readonly facesFor: Int32Array } {
    const tracksFor = new Int32Array(length);
    const facesFor = new Int32Array(this.live.length);
    for (const { row, column } of pairs) {
      tracksFor[column]!++;
      facesFor[row]!++;
    }
    return { tracksFor, facesFor };
  }

  /** Tracks and faces that have only each other, in place and in likeness. */
  private beyondDoubt(
    pairs: readonly Pair[],
    faces: readonly Face[],
    at: number,
  ): { readonly rows: Set<number>; readonly columns: Set<number> } {
    const { tracksFor, facesFor } = this.rivalries(pairs, faces);
    const certain = pairs.filter(({ row, column }) => {
      if (tracksFor[column] !== 1 || facesFor[row] !== 1) return false;
      const { motion, appearance } = this.live[row]!;
      if (iou(motion.predict(at), faces[column]!.box) < CERTAIN_OVERLAP) return false;
      return (similarity(appearance, faces[column]!) ?? 1) >= this.options.sameFace;
    });
    return {
      rows: new Set(certain.map(({ row }) => row)),
      columns: new Set(certain.map(({ column }) => column)),
    };
  }

  /**
   * Overlap and likeness add up; likeness alone can forbid, and can join over any distance.
   * @param gap since the track was last seen, ms
   * @returns 0 forbids the pair
   */
  private score(overlap: number, likeness: number | undefined, gap: number): number {
    const { minOverlap, sameFace, otherFace } = this.options;
    const least = gap > PLACE_IS_FREE_MS ? (sameFace + otherFace) / 2 : otherFace;
    if (likeness !== undefined && likeness < least) return 0;
    const alike = likeness !== undefined && likeness >= sameFace;
    return overlap >= minOverlap || alike ? overlap + Math.max(likeness ?? 0, 0) : 0;
  }
}
