import assert from 'node:assert/strict';
import type { Box, Face } from '../../../lib/core/face';
import type { FaceEvent } from '../../../lib/tracking/event-machine';
import { FaceWatch } from '../../../lib/tracking/face-watch';
import { face, frameAt, lookalike, matchAgainst, randomUnit, seeded, square } from './synthetic';

const STEP_MS = 100;
const OPTIONS = { leaveAfter: 2000, seenEvery: 5000, unknownAfter: 1500, coolDown: 4000 };

const random = seeded(11);
const people = {
  anna: randomUnit(random),
  ben: randomUnit(random),
  // Not in the gallery.
  carl: randomUnit(random),
  dora: randomUnit(random),
};
type Name = keyof typeof people;
const gallery = { anna: people.anna, ben: people.ben };

/** A detected face, embedded and matched; `cosine` tells how much of a likeness it is. */
function look(who: Name, box: Box, cosine = 0.65): Face {
  const embedding = lookalike(people[who], cosine, random);
  return face(box, { embedding, match: matchAgainst(gallery, embedding) });
}

const bigPicture = new Uint8Array(3 * 2250 * 2250);

const watch = (options: object = {}) => new FaceWatch({ ...OPTIONS, ...options });
const brief = (events: readonly FaceEvent[]) =>
  events.map(({ event, person, strangerId }) => `${event} ${person ?? strangerId}`);

/** Plays frames from..to (ms, inclusive) and tells what happened when. */
function play(
  subject: FaceWatch,
  from: number,
  to: number,
  scene: (at: number) => readonly Face[],
  source = 'door',
): string[] {
  const log: string[] = [];
  for (let at = from; at <= to; at += STEP_MS)
    log.push(...brief(subject.update(frameAt(at, source), scene(at)).events).map((text) => `${at} ${text}`));
  return log;
}

describe('face watch', () => {
  it('turns a stream of faces into one event about one person', () => {
    const subject = watch();
    const log = play(subject, 0, 3000, (at) => [look('anna', square(100 + at / 50, 100))]);
    assert.deepEqual(log, ['200 arrived anna']);
    assert.deepEqual(brief(subject.tick(5001)), ['left anna']);
    assert.deepEqual(subject.counts, { sources: 0, tracks: 0, strangers: 0 });
  });

  it('gives each face its track, its identity by vote and a smoothed outline, and its crop to the event', () => {
    const subject = watch();
    play(subject, 0, 100, () => [look('anna', square(100, 100, 40))]);
    const { faces, events } = subject.update(frameAt(200), [look('anna', square(102, 100, 42))]);
    assert.deepEqual(faces[0]?.track, { id: 1, age: 200, hits: 3 });
    assert.deepEqual(
      [faces[0].identity.state, faces[0].identity.person, faces[0].identity.strangerId],
      ['known', 'anna', null],
    );
    assert.ok(faces[0].smoothed.box.x < faces[0].box.x);
    const [arrived] = events;
    assert.equal(arrived?.firstTime, 0);
    assert.deepEqual(
      [arrived.best?.crop.sequence, arrived.best?.crop.width, arrived.best?.crop.source],
      [200, 68, 'door'],
    );
  });

  it('raises no event for a track that is not confirmed', () => {
    const subject = watch();
    assert.deepEqual(
      play(subject, 0, 100, () => [look('anna', square(100, 100))]),
      [],
    );
    assert.deepEqual(
      play(subject, 200, 4000, () => []),
      [],
    );
  });

  it('knows a friend again after a broken track, without leaving and arriving', () => {
    const subject = watch({ coastFor: 500 });
    play(subject, 0, 1000, () => [look('anna', square(100, 100))]);
    assert.deepEqual(
      play(subject, 1100, 2500, () => []),
      [],
    );
    assert.deepEqual(
      play(subject, 2600, 4000, () => [look('anna', square(400, 100))]),
      [],
    );
    assert.equal(subject.counts.tracks, 1);
  });

  it('reports a stranger once, and knows the same stranger on coming back', () => {
    const subject = watch();
    assert.deepEqual(
      play(subject, 0, 3000, () => [look('carl', square(100, 100))]),
      ['1500 unknown stranger-1'],
    );
    assert.deepEqual(
      play(subject, 3100, 9000, () => []),
      ['5100 left stranger-1'],
    );
    const log = play(subject, 9100, 12_000, () => [
      look('carl', square(400, 100)),
      look('dora', square(200, 100)),
    ]);
    assert.deepEqual(log, ['10600 unknown stranger-1', '10600 unknown stranger-2']);
  });

  it('takes a stranger who comes back too late for a new one', () => {
    const subject = watch({ rememberStrangers: 3000 });
    play(subject, 0, 3000, () => [look('carl', square(100, 100))]);
    play(subject, 3100, 9000, () => []);
    const log = play(subject, 9100, 12_000, () => [look('carl', square(100, 100))]);
    assert.deepEqual(log, ['10600 unknown stranger-2']);
  });

  it('is not fooled by one bad frame', () => {
    const subject = watch({ oneSureFrame: false });
    const log = play(subject, 0, 4000, (at) => {
      const stranger = look('carl', square(100, 100));
      const friend = look('anna', square(400, 100));
      // One frame takes the stranger for Ben and the friend for nobody.
      return at === 1000
        ? [
            { ...stranger, match: matchAgainst(gallery, people.ben) },
            { ...friend, match: matchAgainst(gallery, people.dora) },
          ]
        : [stranger, friend];
    });
    assert.deepEqual(log, ['200 arrived anna', '1500 unknown stranger-1']);
  });

  it('does not lend a name to another face in the same place after a cut', () => {
    const subject = watch();
    const log = play(subject, 0, 4000, (at) => [look(at < 2000 ? 'anna' : 'carl', square(200, 100))]);
    assert.deepEqual(log, ['200 arrived anna', '3500 unknown stranger-1', '4000 left anna'].sort());
  });

  it('keeps two cameras apart but knows the stranger of one at the other', () => {
    const subject = watch();
    assert.deepEqual(
      play(subject, 0, 2000, () => [look('anna', square(9, 9)), look('carl', square(300, 9))]),
      ['200 arrived anna', '1500 unknown stranger-1'],
    );
    const log = play(
      subject,
      500,
      2500,
      () => [look('anna', square(9, 9)), look('carl', square(300, 9))],
      'yard',
    );
    assert.deepEqual(log, ['700 arrived anna', '2000 unknown stranger-1']);
    const left = subject.tick(10_000);
    assert.deepEqual(left.map(({ event, source }) => `${event} ${source}`).sort(), [
      'left door',
      'left door',
      'left yard',
      'left yard',
    ]);
  });

  it('lets time pass for one source alone when asked to', () => {
    const subject = watch();
    for (const source of ['clip', 'door'])
      play(subject, 0, 1000, () => [look('anna', square(100, 100))], source);
    assert.deepEqual(
      subject.tick(9000, 'clip').map(({ event, source }) => `${event} ${source}`),
      ['left clip'],
    );
    assert.equal(subject.counts.sources, 1);
  });

  it('keeps one id for a stranger whose embedding was left out', () => {
    const subject = watch();
    const scene = () => [face(square(100, 100), { match: matchAgainst(gallery, people.carl) })];
    assert.deepEqual(play(subject, 0, 3000, scene), ['1500 unknown stranger-1']);
    assert.deepEqual(subject.update(frameAt(3100), scene()).faces[0]?.identity.strangerId, 'stranger-1');
  });

  it('closes the source that is silent for longest when there are too many', () => {
    const subject = watch({ maxSources: 2 });
    play(subject, 0, 500, () => [look('anna', square(100, 100))], 'a');
    play(subject, 600, 600, () => [], 'b');
    assert.deepEqual(
      play(subject, 700, 700, () => [], 'c'),
      ['700 left anna'],
    );
    assert.equal(subject.counts.sources, 2);
  });

  it('takes a jump back in time for a clip that began anew, and a little disorder for none', () => {
    const subject = watch();
    const scene = () => [look('anna', square(100, 100))];
    assert.deepEqual(play(subject, 0, 5000, scene), ['200 arrived anna']);
    const { faces } = subject.update(frameAt(4900), scene());
    assert.equal(faces[0]?.track.age, 5000);
    assert.deepEqual(play(subject, 0, 1000, scene), ['0 left anna', '200 arrived anna']);
  });

  it('forgets a source that is closed', () => {
    const subject = watch();
    play(subject, 0, 1000, () => [look('anna', square(100, 100))]);
    assert.deepEqual(brief(subject.close('door')), ['left anna']);
    assert.deepEqual(subject.close('door'), []);
    assert.equal(subject.counts.sources, 0);
  });

  it('remembers no more than it should, however many come by', () => {
    const subject = watch({ maxStrangers: 5, coastFor: 300, minVotes: 1, minHits: 1 });
    for (let k = 0; k < 60; k++) {
      const passer = randomUnit(random);
      const match = matchAgainst(gallery, passer);
      for (let i = 0; i < 3; i++)
        subject.update(frameAt(k * 1000 + i * STEP_MS), [
          face(square(300, 100), { embedding: passer, match }),
        ]);
    }
    assert.deepEqual(subject.counts, { sources: 1, tracks: 1, strangers: 5 });
    subject.tick(10_000_000);
    assert.deepEqual(subject.counts, { sources: 0, tracks: 0, strangers: 0 });
  });

  describe('recognising only what is wanted', () => {
    /** Detects everybody, recognises only whom the watch wants; counts the recognitions. */
    function economical(
      subject: FaceWatch,
      scenes: readonly (readonly (readonly [Name, Box])[])[],
    ): { log: string[]; recognised: number; tracksOf: Map<Name, Set<number>> } {
      const log: string[] = [];
      const tracksOf = new Map<Name, Set<number>>();
      let recognised = 0;
      scenes.forEach((scene, k) => {
        const frame = frameAt(k * STEP_MS);
        const detected = scene.map(([, box]) => face(box));
        const wanted = subject.wanted(frame, detected);
        assert.deepEqual(subject.wanted(frame, detected), wanted, 'asking changes nothing');
        recognised += wanted.filter(Boolean).length;
        const faces = scene.map(([who, box], i) => (wanted[i] ? look(who, box) : detected[i]!));
        const result = subject.update(frame, faces);
        log.push(...brief(result.events));
        result.faces.forEach(({ track }, i) => {
          const [who] = scene[i]!;
          tracksOf.set(who, (tracksOf.get(who) ?? new Set()).add(track.id));
        });
      });
      return { log, recognised, tracksOf };
    }

    it('costs next to nothing for a known face, with the same events', () => {
      const scenes = Array.from({ length: 300 }, () => [['anna', square(100, 100)] as const]);
      const { log, recognised } = economical(watch({ recheckKnown: 10_000 }), scenes);
      assert.deepEqual(log.slice(0, 2), ['arrived anna', 'seen anna']);
      assert.ok(recognised <= 6, `${recognised} of 300`);
    });

    it('looks again where place does not tell, so that crossing people keep their names', () => {
      const scenes = Array.from({ length: 60 }, (_, k) => {
        // They meet in the middle and turn back.
        const x = 200 - 7 * Math.abs(k - 30);
        return [
          ['anna', square(90 + x, 100)],
          ['ben', square(490 - x, 110)],
        ] as const;
      });
      const { recognised, tracksOf, log } = economical(watch({ seenEvery: 60_000 }), scenes);
      assert.deepEqual(log, ['arrived anna', 'arrived ben']);
      assert.deepEqual(
        [...tracksOf.values()].map((tracks) => [...tracks]),
        [[1], [2]],
      );
      assert.ok(recognised < 60, `${recognised} of 120`);
    });
  });

  describe('that goes on where another has stopped', () => {
    const anna = () => [look('anna', square(100, 100))];
    const carl = () => [look('carl', square(300, 100))];
    const both = () => [...anna(), ...carl()];

    function successor(before: FaceWatch, options: object = {}): FaceWatch {
      const subject = watch(options);
      subject.resume(before.handOver(), before);
      return subject;
    }

    it('does not let those arrive anew who are still there, and knows strangers again', () => {
      const before = watch();
      assert.deepEqual(play(before, 0, 2000, both), ['200 arrived anna', '1500 unknown stranger-1']);
      const subject = successor(before);
      assert.deepEqual(play(subject, 10_000, 12_000, both), ['10200 seen anna']);
      assert.deepEqual(
        play(subject, 12_100, 15_000, () => []),
        ['14100 left anna', '14100 left stranger-1'],
      );
    });

    it('lets those leave who do not come back, after leaveAfter of frames', () => {
      const before = watch();
      play(before, 0, 2000, both);
      const subject = successor(before);
      assert.deepEqual(play(subject, 5000, 7500, anna), ['5200 seen anna', '7100 left stranger-1']);
    });

    it('gives the source half a minute for its first frame', () => {
      const before = watch();
      play(before, 0, 2000, anna);
      const subject = successor(before);
      assert.deepEqual(brief(subject.tick(31_000, 'door')), []);
      assert.deepEqual(brief(subject.tick(32_100, 'door')), ['left anna']);
    });

    it('keeps the cool-down, and who has not been announced', () => {
      const before = watch();
      play(before, 0, 300, both);
      assert.deepEqual(brief(before.tick(2500)), ['left anna']);
      const subject = successor(before);
      assert.deepEqual(play(subject, 2600, 4500, anna), ['4200 arrived anna']);
    });

    it('has other options', () => {
      const before = watch();
      play(before, 0, 2000, anna);
      const subject = successor(before, { leaveAfter: 5000 });
      assert.deepEqual(
        play(subject, 3000, 9000, () => []),
        ['8100 left anna'],
      );
    });

    it('gives no newcomer the number of a stranger it knows only by number', () => {
      const before = watch();
      play(before, 0, 2000, carl);
      const subject = watch();
      subject.resume(before.handOver());
      const log = play(subject, 3000, 6000, () => [look('dora', square(300, 100))]);
      assert.deepEqual(log, ['4500 unknown stranger-2', '5100 left stranger-1'].sort());
    });

    it('takes a clip that begins anew for the end of the one before', () => {
      const before = watch();
      play(before, 5000, 7000, anna);
      assert.deepEqual(play(successor(before), 0, 500, anna), ['0 left anna', '200 arrived anna']);
    });

    it('hands over what was raised between two updates', () => {
      const subject = watch();
      play(subject, 5000, 6000, anna);
      subject.plan(frameAt(0));
      assert.deepEqual(brief(subject.takePending()), ['left anna']);
      assert.deepEqual(subject.takePending(), []);
    });
  });

  describe('in a crowd', () => {
    const CROWD = 2000;
    const SIDE = 45;
    const many = randomUnit(random, 64);
    const crowd = (same: boolean): Face[] =>
      Array.from({ length: CROWD }, (_, k) => {
        const embedding = same ? many : randomUnit(random, 64);
        const box = same
          ? square(100, 100)
          : square((k % SIDE) * 50, Math.floor(k / SIDE) * 50, 20 + (k % 7));
        return face(box, { embedding, match: matchAgainst({}, embedding) });
      });

    for (const [where, same] of [
      ['side by side', false],
      ['all in one place', true],
    ] as const)
      it(`follows the largest faces and passes the others on (${where})`, () => {
        const subject = watch();
        const faces = crowd(same);
        const size = { width: 50 * SIDE, height: 50 * SIDE };
        for (let k = 0; k < 8; k++) {
          const frame = { ...frameAt(k * 40), ...size };
          if (k === 0) assert.equal(subject.wanted(frame, faces).filter(Boolean).length, 200);
          const { faces: followed, all } = subject.update({ ...frame, data: bigPicture }, faces);
          assert.equal(followed.length, 200);
          assert.deepEqual(
            all.map(({ box }) => box),
            faces.map(({ box }) => box),
          );
          assert.equal(all.filter((each) => 'track' in each).length, 200);
          const smallest = Math.min(...followed.map(({ box }) => box.width));
          assert.equal(smallest, same ? 60 : 26);
          assert.ok(followed.every(({ track }) => track.hits === k + 1));
        }
        assert.equal(subject.counts.tracks, 200);
      });

    it('follows as many as it is told to', () => {
      const subject = watch({ maxFaces: 2 });
      const faces = [
        look('ben', square(9, 9, 30)),
        look('anna', square(300, 9)),
        look('carl', square(99, 9)),
      ];
      const { faces: followed, all } = subject.update(frameAt(0), faces);
      assert.deepEqual(followed, all.slice(1));
      assert.equal(all[0], faces[0]);
    });

    it('keeps no more tracks than it may, however the faces change', () => {
      const subject = watch({ maxFaces: 10, minHits: 1, coastFor: 2000 });
      for (let k = 0; k < 40; k++)
        subject.update(
          frameAt(k * 40),
          Array.from({ length: 10 }, () => look('anna', square(500 * random(), 250 * random()), 0.01)).map(
            ({ box }) => face(box, { embedding: randomUnit(random) }),
          ),
        );
      assert.ok(subject.counts.tracks <= 20, String(subject.counts.tracks));
    });
  });

  it('plans full detection first, then regions around the tracks, then full again', () => {
    const subject = watch({ fullEvery: 3 });
    const plans = [0, 100, 200, 300].map((at) => {
      const frame = frameAt(at);
      const plan = subject.plan(frame);
      subject.update(frame, [look('anna', square(100 + at / 10, 100))]);
      return plan;
    });
    assert.deepEqual(
      plans.map(({ full }) => full),
      [true, false, false, true],
    );
    const [, second] = plans;
    assert.ok(second?.full === false);
    assert.deepEqual(second.regions, [{ x: 70, y: 70, width: 120, height: 120 }]);
  });

  it('does not search for tracks that have ended meanwhile', () => {
    const subject = watch({ fullEvery: 100, coastFor: 1000 });
    for (const at of [0, 100, 200]) {
      subject.plan(frameAt(at));
      subject.update(frameAt(at), [look('anna', square(100, 100))]);
    }
    assert.deepEqual(subject.plan(frameAt(1300)), { full: false, regions: [] });
  });

  it('looks everywhere as soon as a followed face is lost', () => {
    const subject = watch({ fullEvery: 100 });
    const fulls = [0, 100, 200, 300, 400, 500, 600].map((at) => {
      const frame = frameAt(at);
      const { full } = subject.plan(frame);
      subject.update(frame, at <= 300 ? [look('anna', square(100, 100))] : []);
      return full;
    });
    assert.deepEqual(fulls, [true, false, false, false, false, true, false]);
  });
});
