/**
 * Who a track is: a vote over its recent looks, so that one bad frame neither names a stranger nor loses a friend;
 * and when the next look is worth its price.
 */
import type { Face, Match } from '../core/face';
import { STRANGER_PATIENCE, type TrackingOptions, VOTE_WINDOW } from './options';
import type { Needs } from './pace';
import { faceScore } from './quality';

export interface Conclusion {
  readonly state: 'undecided' | 'known' | 'stranger';
  /** null unless known. */
  readonly person: string | null;
  /** Best similarity to the gallery among the looks that agree, -1..1; 0 while undecided. */
  readonly similarity: number;
  /** Recent looks that agree, at most VOTE_WINDOW; 0 while undecided. */
  readonly votes: number;
}

export type VoteOptions = Pick<
  TrackingOptions,
  | 'minVotes'
  | 'majority'
  | 'sureMargin'
  | 'oneSureFrame'
  | 'retryEvery'
  | 'maxAttempts'
  | 'recheckKnown'
  | 'recheckStranger'
>;

interface Look {
  /** null: like nobody in the gallery. */
  readonly person: string | null;
  readonly similarity: number;
  readonly weight: number;
  /** Far enough above the threshold, and of a face good enough, to stand alone. */
  readonly sure: boolean;
  /** The same for a look that is like nobody. */
  readonly clear: boolean;
}

export type VoteNeeds = Pick<Needs, 'friend' | 'stranger'>;

interface Tally {
  readonly weight: number;
  readonly votes: number;
  readonly similarity: number;
}

const NO_VOTES: Tally = { weight: 0, votes: 0, similarity: -1 };

const UNDECIDED: Conclusion = { state: 'undecided', person: null, similarity: 0, votes: 0 };

/** A look this poor resembles nobody, not even oneself: it may find a friend but never makes a stranger. */
const LEAST_SCORE_FOR_STRANGER = 0.03;
/** Below this a look is a vote among others, however similar: blur makes faces alike. */
const LEAST_SCORE_TO_BE_SURE = 0.1;
/**
 * Weight right at the threshold, as a share of that at sureMargin from it. Few strangers come near the threshold and
 * many friends fall just below it on a bad frame, so just above says much and just below says little.
 */
const WEIGHT_JUST_ABOVE = 0.5;
const WEIGHT_JUST_BELOW = 0.1;
/**
 * A look at a known person that misses the threshold by less than this share of sureMargin is no vote against, and one
 * look makes a stranger only from that far below.
 */
const NEAR_MISS = 0.5;

export class IdentityVote {
  private readonly looks: Look[] = [];
  private current = UNDECIDED;
  private lastAttempt = -Infinity;
  /** Recognitions since the last one that agreed with the conclusion. */
  private openAttempts = 0;
  private settled = false;

  constructor(private readonly options: VoteOptions) {}

  get conclusion(): Conclusion {
    return this.current;
  }

  /** Whether the track's face should be embedded and matched now. Never changes anything. */
  needsRecognition(now: number): boolean {
    const { maxAttempts, retryEvery, recheckKnown, recheckStranger } = this.options;
    const recheck = this.current.state === 'known' ? recheckKnown : recheckStranger;
    const wait = this.settled || this.openAttempts >= maxAttempts ? recheck : retryEvery;
    return now - this.lastAttempt >= wait;
  }

  /**
   * Takes one look; a face that was neither embedded nor matched is none.
   * @param needs how many looks must agree; as configured unless the source is too slow for that
   */
  add(face: Face, at: number, needs: VoteNeeds = this.usual): Conclusion {
    if (face.match === undefined && face.embedding === undefined) return this.current;
    this.lastAttempt = at;
    this.openAttempts++;
    const look = face.match && this.look(face, face.match);
    if (look === undefined) return this.current;

    this.looks.push(look);
    if (this.looks.length > VOTE_WINDOW) this.looks.shift();
    this.take(look, needs);
    if (this.settled) this.openAttempts = 0;
    return this.current;
  }

  /** Concludes from the looks so far when fewer of them must do, because no more have come. */
  reconsider(needs: VoteNeeds): Conclusion {
    const latest = this.looks.at(-1);
    if (latest !== undefined && this.current.state === 'undecided') this.take(latest, needs);
    return this.current;
  }

  private get usual(): VoteNeeds {
    const { minVotes } = this.options;
    return { friend: minVotes, stranger: STRANGER_PATIENCE * minVotes };
  }

  private take(look: Look, needs: VoteNeeds): void {
    this.current = this.conclude(look, needs);
    this.settled = this.current.state !== 'undecided' && this.current.person === look.person;
  }

  /** What a face says about who it is; undefined when it says nothing. */
  private look(face: Face, { person, similarity, threshold, candidates }: Match): Look | undefined {
    const score = faceScore(face);
    const { sureMargin } = this.options;
    if (person === null) {
      if (score < LEAST_SCORE_FOR_STRANGER) return undefined;
      const isNearMiss = similarity >= threshold - NEAR_MISS * sureMargin;
      if (isNearMiss && this.current.state === 'known' && candidates[0]?.person === this.current.person)
        return undefined;
    }
    const distance = Math.min(Math.abs(similarity - threshold) / sureMargin, 1);
    const floor = person === null ? WEIGHT_JUST_BELOW : WEIGHT_JUST_ABOVE;
    const weight = score * (floor + (1 - floor) * distance);
    const good = score >= LEAST_SCORE_TO_BE_SURE;
    const sure = good && person !== null && similarity >= threshold + sureMargin;
    const clear = good && person === null && similarity <= threshold - NEAR_MISS * sureMargin;
    return { person, similarity, weight, sure, clear };
  }

  /** The conclusion after a look: by that look alone, by majority, or as it was. */
  private conclude(look: Look, needs: VoteNeeds): Conclusion {
    const { majority, oneSureFrame } = this.options;
    const { state } = this.current;
    const tallies = count(this.looks);
    // A name that is already there is not lost to a single look, however sure.
    if (oneSureFrame && look.sure && state !== 'known')
      return conclusion(look.person, tallies.get(look.person)!);

    // Hysteresis: who would take a name away must come half-way from the majority to unanimity.
    const share = state === 'known' ? (majority + 1) / 2 : majority;
    const total = this.looks.reduce((sum, { weight }) => sum + weight, 0);
    const winner = [...tallies].find(([person, { weight, votes }]) => {
      const needed = person === null ? Math.max(needs.stranger, look.clear ? 1 : 2) : needs.friend;
      return votes >= needed && weight >= share * total;
    });
    if (winner !== undefined) return conclusion(...winner);
    if (state === 'undecided') return UNDECIDED;
    const remaining = tallies.get(this.current.person);
    return remaining === undefined
      ? { ...this.current, votes: 0 }
      : conclusion(this.current.person, remaining);
  }
}

/** The looks by person. */
function count(looks: readonly Look[]): Map<string | null, Tally> {
  const tallies = new Map<string | null, Tally>();
  for (const { person, weight, similarity } of looks) {
    const tally = tallies.get(person) ?? NO_VOTES;
    tallies.set(person, {
      weight: tally.weight + weight,
      votes: tally.votes + 1,
      similarity: Math.max(tally.similarity, similarity),
    });
  }
  return tallies;
}

function conclusion(person: string | null, { similarity, votes }: Tally): Conclusion {
  return { state: person === null ? 'stranger' : 'known', person, similarity, votes };
}
