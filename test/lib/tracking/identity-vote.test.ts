import assert from 'node:assert/strict';
import type { Face } from '../../../lib/core/face';
import { IdentityVote } from '../../../lib/tracking/identity-vote';
import { toTrackingOptions } from '../../../lib/tracking/options';
import { face, match, seeded, square, THRESHOLD } from './synthetic';

const vote = (options: object = {}) =>
  new IdentityVote(toTrackingOptions({ oneSureFrame: false, ...options }));
const look = (person: string, similarity: number, rest: Partial<Face> = {}) =>
  face(square(0, 0, 100), { match: match(person, similarity), ...rest });
const bad: Partial<Face> = { quality: { size: 24, sharpness: 0.1, yaw: 50, pitch: 0, roll: 0 } };

/** Adds looks 100 ms apart and tells the states after each. */
function states(subject: IdentityVote, looks: readonly Face[]): string[] {
  return looks.map((each, k) => {
    const { state, person } = subject.add(each, 100 * k);
    return person ?? state;
  });
}

describe('identity vote', () => {
  it('names a friend after minVotes looks that agree', () => {
    const subject = vote();
    assert.deepEqual(states(subject, [look('anna', 0.5), look('anna', 0.6), look('anna', 0.4)]), [
      'undecided',
      'undecided',
      'anna',
    ]);
    assert.deepEqual(subject.conclusion, { state: 'known', person: 'anna', similarity: 0.6, votes: 3 });
  });

  it('names nobody below the threshold, and calls nobody a stranger in a hurry', () => {
    const subject = vote();
    const just = THRESHOLD - 0.01;
    const seen = states(
      subject,
      Array.from({ length: 6 }, () => look('anna', just)),
    );
    assert.deepEqual(seen, [...Array<string>(5).fill('undecided'), 'stranger']);
    assert.deepEqual(subject.conclusion, { state: 'stranger', person: null, similarity: just, votes: 6 });
  });

  it('does not name a stranger by one bad frame with a high similarity, at whatever moment it comes', () => {
    for (let moment = 0; moment < 9; moment++) {
      const looks = Array.from({ length: 9 }, (_, k) =>
        k === moment ? look('anna', 0.8) : look('anna', 0.1),
      );
      const seen = states(vote(), looks);
      assert.ok(!seen.includes('anna'), seen.join(' '));
      assert.equal(seen.at(-1), 'stranger');
    }
  });

  it('does not lose a friend by one bad frame, nor give them another name', () => {
    for (const wrong of [look('anna', 0.05), look('ben', 0.9), look('ben', 0.9, bad)]) {
      const friend = Array.from({ length: 3 }, () => look('anna', 0.55));
      for (const options of [{}, { oneSureFrame: true }])
        assert.deepEqual(
          states(vote(options), [...friend, wrong, ...friend]).slice(2),
          Array(5).fill('anna'),
        );
    }
  });

  it('gives good looks more weight than bad ones', () => {
    const good = look('anna', 0.5);
    const blurred = look('ben', 0.5, bad);
    const looks = [blurred, good, blurred, good, blurred, good];
    assert.equal(states(vote(), looks).at(-1), 'anna');
  });

  it('does not take somebody for a stranger who only shows a profile', () => {
    const profile: Partial<Face> = { quality: { size: 60, sharpness: 0.4, yaw: 80, pitch: 0, roll: 0 } };
    assert.equal(
      states(
        vote(),
        Array.from({ length: 20 }, () => look('anna', 0.2, profile)),
      ).at(-1),
      'undecided',
    );
    assert.equal(
      states(
        vote(),
        Array.from({ length: 3 }, () => look('anna', 0.4, profile)),
      ).at(-1),
      'anna',
    );
  });

  describe('one sure frame', () => {
    it('decides at once', () => {
      const subject = vote({ oneSureFrame: true });
      assert.equal(subject.add(look('anna', THRESHOLD + 0.15), 0).person, 'anna');
      assert.equal(subject.conclusion.votes, 1);
    });

    it('must be clearly above the threshold and clearly seen', () => {
      assert.equal(vote({ oneSureFrame: true }).add(look('anna', THRESHOLD + 0.1), 0).state, 'undecided');
      assert.equal(vote({ oneSureFrame: true }).add(look('anna', 0.9, bad), 0).state, 'undecided');
    });

    it('names a stranger who was enrolled meanwhile', () => {
      const subject = vote({ oneSureFrame: true });
      states(
        subject,
        Array.from({ length: 6 }, () => look('anna', 0.1)),
      );
      assert.equal(subject.conclusion.state, 'stranger');
      assert.equal(subject.add(look('ben', 0.8), 1000).person, 'ben');
    });

    it('that was wrong is corrected by the looks that follow', () => {
      const looks = [look('anna', 0.6), ...Array.from({ length: 6 }, () => look('anna', 0.05))];
      const seen = states(vote({ oneSureFrame: true }), looks);
      assert.equal(seen[0], 'anna');
      assert.equal(seen.at(-1), 'stranger');
    });
  });

  it('keeps a name once given when similarities flicker around the threshold', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const random = seeded(seed);
      const looks = Array.from({ length: 60 }, () => look('anna', THRESHOLD + 0.1 * random() - 0.05));
      const seen = states(vote(), looks);
      const named = seen.indexOf('anna');
      assert.ok(named >= 0 && named < 30, `seed ${seed}: ${seen.join(' ')}`);
      assert.deepEqual(new Set(seen.slice(named)), new Set(['anna']), `seed ${seed}`);
    }
  });

  it('changes a conclusion only against a large majority', () => {
    const subject = vote();
    const anna = Array.from({ length: 6 }, () => look('anna', 0.5));
    states(subject, anna);
    const ben = Array.from({ length: 12 }, () => look('ben', 0.5));
    const seen = states(subject, ben);
    // Ten of the last twelve: the first time that Ben has the needed 80 %.
    assert.equal(seen.indexOf('ben'), 9);
    assert.equal(seen.at(-1), 'ben');
    assert.equal(seen.filter((name, k) => k > 0 && name !== seen[k - 1]).length, 1);
  });

  describe('attempts', () => {
    const options = { retryEvery: 100, maxAttempts: 8, recheckKnown: 5000, recheckStranger: 20_000 };

    /** Recognises whenever asked, at 25 fps, and tells when. */
    function attempts(subject: IdentityVote, untilMs: number, looks: (count: number) => Face): number[] {
      const times: number[] = [];
      for (let at = 0; at <= untilMs; at += 40)
        if (subject.needsRecognition(at)) subject.add(looks(times.push(at) - 1), at);
      return times;
    }

    it('of a known face are the votes and then one now and then', () => {
      assert.deepEqual(
        attempts(vote(options), 11_000, () => look('anna', 0.5)),
        [0, 120, 240, 5240, 10_240],
      );
    });

    it('of a stranger are rarer still', () => {
      assert.deepEqual(
        attempts(vote(options), 21_000, () => look('anna', 0)),
        [0, 120, 240, 360, 480, 600, 20_600],
      );
    });

    it('of a face that cannot be decided are spaced and bounded', () => {
      const torn = (count: number) => look(['anna', 'ben', 'carl'][count % 3]!, 0.5);
      assert.deepEqual(attempts(vote(options), 21_000, torn), [0, 120, 240, 360, 480, 600, 720, 840, 20_840]);
    });

    it('come sooner when a look contradicts the conclusion', () => {
      const twisted = (count: number) => look(count === 9 ? 'ben' : 'anna', 0.5);
      const regular = [0, 120, 240, 5240, 10_240, 15_240, 20_240, 25_240, 30_240];
      assert.deepEqual(attempts(vote(options), 41_000, twisted), [...regular, 35_240, 35_360, 40_360]);
    });

    it('count only where something was recognised', () => {
      const subject = vote(options);
      subject.add(face(square(0, 0)), 0);
      assert.equal(subject.needsRecognition(0), true);
      subject.add(face(square(0, 0), { embedding: new Float32Array([1]) }), 0);
      assert.equal(subject.needsRecognition(50), false);
    });
  });
});
