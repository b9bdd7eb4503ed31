/**
 * How often a source gives a picture, measured from its own timestamps, and what follows from it: how long a face may
 * be missing and how many looks can be asked for. Sixty pictures a second and one a minute need the same patience in
 * pictures, not in seconds.
 */
import { STRANGER_PATIENCE, type TrackingOptions } from './options';

export type PaceOptions = Pick<
  TrackingOptions,
  'coastFor' | 'leaveAfter' | 'minHits' | 'minVotes' | 'oneSureFrame'
>;

/** What must be seen before something is believed. */
export interface Needs {
  /** Detections of a track. */
  readonly hits: number;
  /** Looks that agree on a name. */
  readonly friend: number;
  /** Looks that agree on nobody; a single one must be clear. */
  readonly stranger: number;
}

/** Gaps that are remembered: enough to outvote a hiccup, few enough to follow a source that slows down. */
const GAPS = 5;
/** So many tell how irregular a slow source is; before, it is given the time of the slowest. */
const GAPS_TO_TELL = 3;
/** After a longer gap nothing is known of the pace: a doorbell that rings now and then has none, ms. */
const LONGEST_GAP_MS = 90_000;
/** Pictures that somebody may be missing from: one is missed now and then, and the next may be late. */
const PATIENCE = 2.5;
/** The slowest pace that is expected of a source of which only one picture is known, ms. */
const SLOWEST_MS = 60_000;
/** From this gap between pictures on a source is slow: each picture counts, and people stay between two. */
const SLOW_MS = 1000;
/** Detections, and looks that agree, are asked for as far as they come within these times, ms. */
const HITS_WITHIN_MS = 1000;
const NAME_WITHIN_MS = 2000;
const STRANGER_WITHIN_MS = 5000;
/** A name that no look alone is sure of takes two, however slow the source. */
const LEAST_VOTES = 2;
/** Place tells whose face it is while pictures come at least this often, with no pause this long, ms. */
const PLACE_TELLS_MS = 300;
const PAUSE_MS = 2000;

export class Pace {
  private gaps: number[] = [];

  constructor(
    private readonly options: PaceOptions,
    private last: number,
  ) {}

  /** Continues at a pace that was measured before; see `longest`. */
  static from(options: PaceOptions, last: number, gap: number | undefined): Pace {
    const pace = new Pace(options, last);
    if (gap !== undefined) pace.gaps = new Array<number>(GAPS_TO_TELL).fill(gap);
    return pace;
  }

  /** Notes the time of a picture, ms; one that is not later than the one before is the same. */
  note(timestamp: number): void {
    const gap = timestamp - this.last;
    if (gap <= 0) return;
    this.last = timestamp;
    if (gap > LONGEST_GAP_MS) this.gaps = [];
    else this.gaps = [...this.gaps.slice(1 - GAPS), gap];
  }

  /** The longest of the recent gaps between pictures, ms; undefined while only one picture is known. */
  get longest(): number | undefined {
    return this.gaps.length === 0 ? undefined : Math.max(...this.gaps);
  }

  /** Whether each picture counts: a slow source, or one whose pace is not known. */
  get slow(): boolean {
    return this.typical === undefined || this.typical >= SLOW_MS;
  }

  /** Whether the faces of the next picture can be expected where those of the one before were. */
  get placeTells(): boolean {
    return (this.typical ?? Infinity) <= PLACE_TELLS_MS && (this.gaps.at(-1) ?? Infinity) <= PAUSE_MS;
  }

  /** How long a track lives without a detection, ms. */
  get coastFor(): number {
    return Math.max(this.options.coastFor, PATIENCE * (this.typical ?? SLOWEST_MS));
  }

  /** How long somebody must be out of sight to have left, ms. A source that pauses now and then is given that time. */
  get leaveAfter(): number {
    const early = this.slow && this.gaps.length < GAPS_TO_TELL;
    return Math.max(this.options.leaveAfter, PATIENCE * Math.max(this.longest ?? 0, early ? SLOWEST_MS : 0));
  }

  /**
   * What must be seen to be believed: as configured for a video, less where that would take long.
   * @param now ms on the clock of the pictures: while none comes, the source proves to be slower than it seemed
   */
  needs(now: number): Needs {
    const { minHits, minVotes, oneSureFrame } = this.options;
    const gap = Math.max(this.typical ?? 0, now - this.last);
    const within = (ms: number, least: number, most: number) =>
      Math.min(Math.max(gap > 0 ? Math.ceil(ms / gap) : most, least), most);
    return {
      hits: within(HITS_WITHIN_MS, 1, minHits),
      // Who does not trust one sure look wants all of them.
      friend: oneSureFrame ? within(NAME_WITHIN_MS, LEAST_VOTES, minVotes) : minVotes,
      stranger: this.slow
        ? within(STRANGER_WITHIN_MS, 1, STRANGER_PATIENCE * minVotes)
        : STRANGER_PATIENCE * minVotes,
    };
  }

  /** The lower median of the recent gaps: a pause between two bursts does not make a source slow. */
  private get typical(): number | undefined {
    return [...this.gaps].sort((a, b) => a - b)[Math.floor((this.gaps.length - 1) / 2)];
  }
}
