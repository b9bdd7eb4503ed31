/** Settings of tracking, voting and events: one table with every default, range and unit, and its validation. */
import { type Range, invalid, isRecord, numberIn } from '../core/validate';

interface Setting extends Range {
  readonly default: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Looks that a track's vote keeps. */
export const VOTE_WINDOW = 12;
/** A stranger needs this many times the votes of a friend: no hurry, and friends often look strange at first. */
export const STRANGER_PATIENCE = 2;

/** Every number with its default and range; times in milliseconds. */
export const TRACKING_NUMBERS = {
  /** Detections before a track may raise events (SORT's min_hits); fewer of a slow source, see pace.ts. */
  minHits: { default: 3, min: 1, max: 100, integer: true },
  /** How long a track lives without a detection, ms; longer at a slow source. */
  coastFor: { default: 1000, min: 0, max: 60_000 },
  /** Least IoU of a face and a track's predicted box to be joined by place; SORT's 0.3 suits 25 fps, not 5. */
  minOverlap: { default: 0.2, min: 0.01, max: 1 },
  /**
   * Cosine similarity from which a face joins a track wherever it is in the frame. On the Hamilton clip
   * (MobileFaceNet, 512-D) two people in one frame reach 0.47, both turned by over 50°; one face in consecutive
   * frames has 0.9 at the median.
   */
  sameFace: { default: 0.5, min: 0, max: 1 },
  /**
   * Cosine similarity below which a face never joins a track, however well the boxes fit. On the same clip two people
   * have 0.05 at the median, and the worst pair of consecutive looks at one face 0.37.
   */
  otherFace: { default: 0.2, min: -1, max: 1 },

  /** Looks that must agree before a track has a name; twice as many make a stranger. Fewer of a slow source. */
  minVotes: { default: 3, min: 1, max: VOTE_WINDOW / STRANGER_PATIENCE, integer: true },
  /** Share of the weight of all looks that the winner needs. */
  majority: { default: 0.6, min: 0.5, max: 1 },
  /** Cosine similarity above the gallery's threshold at which a look is sure. */
  sureMargin: { default: 0.15, min: 0.01, max: 1 },

  /** Least time between two recognitions of a track that is not settled, ms. */
  retryEvery: { default: 100, min: 0, max: HOUR_MS },
  /** Recognitions at that pace before an unsettled track is only looked at like a stranger. */
  maxAttempts: { default: 15, min: 1, max: 1000, integer: true },
  /** Time after which a known face is recognised again, ms. */
  recheckKnown: { default: 10_000, min: 0, max: DAY_MS },
  /** The same for a stranger, who may have been enrolled meanwhile, ms. */
  recheckStranger: { default: 30_000, min: 0, max: DAY_MS },

  /** Cosine similarity from which a stranger is one who was here before. */
  sameStranger: { default: 0.5, min: 0, max: 1 },
  /** How long a stranger's embedding is kept after the last sighting, ms. */
  rememberStrangers: { default: 600_000, min: 0, max: 7 * DAY_MS },
  /** Strangers kept at most; the one not seen for longest is forgotten first. */
  maxStrangers: { default: 100, min: 1, max: 10_000, integer: true },

  /** How long somebody must be out of sight to have left, ms; not less than coastFor; longer at a slow source. */
  leaveAfter: { default: 10_000, min: 0, max: DAY_MS },
  /** Least time between two `seen` of one person at one source, ms. */
  seenEvery: { default: 30_000, min: 0, max: DAY_MS },
  /** How long a stranger must stay to be reported, ms. */
  unknownAfter: { default: 5000, min: 0, max: DAY_MS },
  /** Least time between two `arrived` (or two `unknown`) of one person at one source, ms. */
  coolDown: { default: 60_000, min: 0, max: DAY_MS },
  /** Faces followed at most in one picture, the largest first: the work grows with their square. */
  maxFaces: { default: 200, min: 1, max: 500, integer: true },
  /** Sources kept at most; the one silent for longest is closed first. */
  maxSources: { default: 16, min: 1, max: 1000, integer: true },
  /** Margin around the face in the best crop, as a share of the box's longer side. */
  cropMargin: { default: 0.3, min: 0, max: 2 },

  /** Detection covers the whole frame on every k-th frame; 1 is always. */
  fullEvery: { default: 1, min: 1, max: 1000, integer: true },
  /** Search margin around a track between those frames, as a share of the box's longer side. */
  regionPadding: { default: 0.5, min: 0, max: 5 },
} as const satisfies Readonly<Record<string, Setting>>;

type Numbers = { readonly [K in keyof typeof TRACKING_NUMBERS]: number };

export interface TrackingOptions extends Numbers {
  /** Whether one look at least sureMargin above the threshold names a track at once. */
  readonly oneSureFrame: boolean;
}

/** Its default. */
export const ONE_SURE_FRAME = true;

const NAMES = Object.keys(TRACKING_NUMBERS) as (keyof Numbers)[];

/**
 * Options from outside; what is missing or undefined gets its default.
 * @throws ArcFlowError INVALID_ARGUMENT that names the option: out of range, unknown, or at odds with another.
 */
export function toTrackingOptions(value: unknown = {}): TrackingOptions {
  if (!isRecord(value)) throw invalid('an object', 'tracking options', value);
  const stranger = Object.keys(value).find((key) => key !== 'oneSureFrame' && !(key in TRACKING_NUMBERS));
  if (stranger !== undefined)
    throw invalid(`one of ${[...NAMES, 'oneSureFrame'].join(', ')}`, 'tracking option', stranger);

  const numbers = Object.fromEntries(
    NAMES.map((name) => [
      name,
      numberIn(value[name] ?? TRACKING_NUMBERS[name].default, name, TRACKING_NUMBERS[name]),
    ]),
  ) as Numbers;
  numberIn(numbers.otherFace, 'otherFace', { max: numbers.sameFace });
  numberIn(numbers.leaveAfter, 'leaveAfter', { min: numbers.coastFor });

  const oneSureFrame = value['oneSureFrame'] ?? ONE_SURE_FRAME;
  if (typeof oneSureFrame !== 'boolean') throw invalid('true or false', 'oneSureFrame', oneSureFrame);
  return { ...numbers, oneSureFrame };
}
