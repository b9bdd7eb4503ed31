/**
 * Which face of this frame is which face of the frames before. In the shape of SORT (Bewley et al. 2016): predict,
 * assign, correct, and end what was not seen; with DeepSORT's (Wojke et al. 2017) appearance beside the overlap.
 * Names and events are for others.
 */
import type { Box, Face } from '../face';
import { iou } from '../geometry/box';
import type { Frame } from '../image/frame';
import { Appearance, type Embedded, similarity } from './appearance';
import { assign } from './assignment';
import { BoxMotion, centreOf } from './motion';
import type { TrackingOptions } from './options';
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
  'minHits' | 'coastFor' | 'minOverlap' | 'sameFace' | 'otherFace'
>;

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

  constructor(
    private readonly options: TrackerOptions,
    private readonly nextId: () => number = counter(),
  ) {}

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
    const scores = this.scores(faces, at);
    const columnOf = assign(scores);
    return faces.map((face, column) => {
      const row = columnOf.indexOf(column);
      const track = this.live[row];
      if (track === undefined) return { id: undefined, doubtful: true };
      const rivals = scores.some((other, r) => r !== row && other[column]! > 0);
      const alternatives = scores[row]!.some((score, c) => c !== column && score > 0);
      const fits = iou(track.motion.predict(at), face.box) >= CERTAIN_OVERLAP;
      return { id: track.id, doubtful: rivals || alternatives || !fits || at - track.last > CERTAIN_GAP_MS };
    });
  }

  /**
   * Takes the faces of one frame.
   * @param at when the frame was taken, ms; never less than in the call before
   * @returns the faces in the same order, each with its track
   */
  update(faces: readonly Face[], at: number, frameSize: FrameSize): TrackedFace[] {
    this.expire(at);
    const columnOf = assign(this.scores(faces, at));
    const trackOf = new Map<number, LiveTrack>();
    this.live.forEach((track, row) => {
      const column = columnOf[row]!;
      if (column < 0) track.misses++;
      else trackOf.set(column, track);
    });
    this.live = this.live.filter((track) => track.misses === 0 || this.mayCoast(track, at, frameSize));
    return faces.map((face, column) => {
      const track = trackOf.get(column) ?? this.start(face, at);
      this.see(track, face, at);
      return { ...face, track: { id: track.id, age: at - track.first, hits: track.hits } };
    });
  }

  /** Ends the tracks that have not been seen for longer than they may coast. */
  expire(now: number): void {
    this.live = this.live.filter((track) => now - track.last <= this.options.coastFor);
  }

  /** Whether a track was found often enough to be believed. */
  isConfirmed({ hits }: Pick<Track, 'hits'>): boolean {
    return hits >= this.options.minHits;
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

  /** Live tracks × faces; 0 forbids a pair. */
  private scores(faces: readonly Face[], at: number): number[][] {
    return this.live.map(({ motion, appearance }) => {
      const predicted = motion.predict(at);
      return faces.map((face) => this.score(iou(predicted, face.box), similarity(appearance, face)));
    });
  }

  /** Overlap and likeness add up; likeness alone can forbid, and can join over any distance. */
  private score(overlap: number, likeness: number | undefined): number {
    const { minOverlap, sameFace, otherFace } = this.options;
    if (likeness !== undefined && likeness < otherFace) return 0;
    const alike = likeness !== undefined && likeness >= sameFace;
    return overlap >= minOverlap || alike ? overlap + Math.max(likeness ?? 0, 0) : 0;
  }
}
