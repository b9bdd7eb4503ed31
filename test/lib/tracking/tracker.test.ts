import assert from 'node:assert/strict';
import type { Face } from '../../../lib/core/face';
import { toTrackingOptions } from '../../../lib/tracking/options';
import { Tracker } from '../../../lib/tracking/tracker';
import { face, FRAME_SIZE, lookalike, type Random, randomUnit, seeded, square } from './synthetic';

const STEP_MS = 66;
const tracker = (options: object = {}) => new Tracker(toTrackingOptions(options));

/** One frame: who is seen, and how. */
type Scene = readonly (readonly [who: string, face: Face])[];

/** Plays scenes and tells which tracks each person had. */
function play(subject: Tracker, scenes: readonly Scene[]): Map<string, Set<number>> {
  const tracksOf = new Map<string, Set<number>>();
  scenes.forEach((scene, k) => {
    const tracked = subject.update(
      scene.map(([, seen]) => seen),
      k * STEP_MS,
      FRAME_SIZE,
    );
    tracked.forEach(({ track }, i) => {
      const [who] = scene[i]!;
      tracksOf.set(who, (tracksOf.get(who) ?? new Set()).add(track.id));
    });
  });
  return tracksOf;
}

function assertOneTrackEach(tracksOf: Map<string, Set<number>>): void {
  const all = [...tracksOf.values()].flatMap((tracks) => [...tracks]);
  assert.equal(new Set(all).size, all.length, 'no track is shared');
  assert.equal(all.length, tracksOf.size, 'nobody has two tracks');
}

const frames = <T>(count: number, scene: (k: number) => T) =>
  Array.from({ length: count }, (_, k) => scene(k));

describe('tracker', () => {
  it('gives each face an id, its age and its hits, in the order of the faces', () => {
    const subject = tracker();
    subject.update([face(square(100, 100)), face(square(300, 100))], 1000, FRAME_SIZE);
    const [second, first] = subject.update(
      [face(square(302, 100)), face(square(101, 100))],
      1066,
      FRAME_SIZE,
    );
    assert.deepEqual(first?.track, { id: 1, age: 66, hits: 2 });
    assert.deepEqual(second?.track, { id: 2, age: 66, hits: 2 });
    assert.deepEqual(first.box, square(101, 100), 'the box stays as detected');
  });

  it('believes a track after minHits detections', () => {
    const subject = tracker({ minHits: 2 });
    const [once] = subject.update([face(square(100, 100))], 0, FRAME_SIZE);
    const [twice] = subject.update([face(square(100, 100))], STEP_MS, FRAME_SIZE);
    assert.equal(subject.isConfirmed(once!.track), false);
    assert.equal(subject.isConfirmed(twice!.track), true);
  });

  for (const [missed, tracks] of [
    [0, 1],
    [6, 1],
    [18, 2],
  ] as const)
    it(`has ${tracks} track(s) of a walking face that is missed ${missed} times`, () => {
      const scenes = frames(40, (k): Scene => {
        const isMissed = k >= 10 && k < 10 + missed;
        return isMissed ? [] : [['anna', face(square(50 + 8 * k, 100))]];
      });
      assert.equal(play(tracker({ coastFor: 1000 }), scenes).get('anna')?.size, tracks);
    });

  it('ends an unconfirmed track that is missed more often than found', () => {
    const subject = tracker();
    subject.update([face(square(100, 100))], 0, FRAME_SIZE);
    subject.update([], STEP_MS, FRAME_SIZE);
    assert.equal(subject.empty, false);
    subject.update([], 2 * STEP_MS, FRAME_SIZE);
    assert.equal(subject.empty, true);
  });

  it('ends a track that walks out of the frame, so that nobody who enters there inherits it', () => {
    const subject = tracker();
    for (let k = 0; k <= 10; k++) subject.update([face(square(510 + 10 * k, 100))], k * STEP_MS, FRAME_SIZE);
    subject.update([], 11 * STEP_MS, FRAME_SIZE);
    const [entering] = subject.update([face(square(600, 100))], 12 * STEP_MS, FRAME_SIZE);
    assert.equal(entering?.track.id, 2);
  });

  it('tells crossing faces apart by their motion alone', () => {
    const scenes = frames(41, (k): Scene => {
      const scene: Scene = [
        ['anna', face(square(60 + 10 * k, 100))],
        ['ben', face(square(460 - 10 * k, 110))],
      ];
      return k % 2 === 0 ? scene : [...scene].reverse();
    });
    assertOneTrackEach(play(tracker(), scenes));
  });

  it('tells faces that meet and turn back apart by their embeddings', () => {
    const random = seeded(4);
    const anna = randomUnit(random);
    const ben = randomUnit(random);
    // They walk towards each other, hide each other for five frames, and walk back the way they came.
    const scenes = frames(45, (k): Scene => {
      const x = 20 - Math.abs(k - 22);
      if (Math.abs(k - 22) <= 2) return [];
      return [
        ['anna', face(square(150 + 9 * x, 100), { embedding: lookalike(anna, 0.7, random) })],
        ['ben', face(square(490 - 9 * x, 100), { embedding: lookalike(ben, 0.7, random) })],
      ];
    });
    assertOneTrackEach(play(tracker(), scenes));
    const blind = scenes.map((scene) => scene.map(([who, { box }]): Scene[number] => [who, face(box)]));
    const swapped = play(tracker(), blind);
    assert.notEqual(
      swapped.get('anna')?.size,
      1,
      'without embeddings the scene is a trap, or it tests nothing',
    );
  });

  it('starts a new track when another face stands in the same place after a cut', () => {
    const random = seeded(5);
    const [anna, ben] = [randomUnit(random), randomUnit(random)];
    const scenes = frames(20, (k): Scene =>
      k < 10
        ? [['anna', face(square(200, 100), { embedding: lookalike(anna, 0.8, random) })]]
        : [['ben', face(square(204, 98), { embedding: lookalike(ben, 0.8, random) })]],
    );
    assertOneTrackEach(play(tracker(), scenes));
  });

  it('finds a face again in another place by its embedding, at rest there', () => {
    const random = seeded(6);
    const anna = randomUnit(random);
    const at = (x: number) => face(square(x, 100), { embedding: lookalike(anna, 0.9, random) });
    const subject = tracker();
    const scenes = frames(11, (k): Scene => [['anna', at(k < 10 ? 30 * k : 500)]]);
    assertOneTrackEach(play(subject, scenes));
    assert.deepEqual(subject.predicted(13 * STEP_MS), [square(500, 100)]);
  });

  it('does not compare embeddings of different models', () => {
    const random = seeded(7);
    const subject = tracker();
    const [first] = subject.update(
      [face(square(100, 100), { embedding: randomUnit(random), embeddingModel: 'a' })],
      0,
      FRAME_SIZE,
    );
    const [second] = subject.update(
      [face(square(100, 100), { embedding: randomUnit(random), embeddingModel: 'b' })],
      STEP_MS,
      FRAME_SIZE,
    );
    assert.equal(first?.track.id, second?.track.id);
  });

  describe('preview', () => {
    const settled = () => {
      const subject = tracker();
      for (let k = 0; k < 5; k++)
        subject.update([face(square(100, 100)), face(square(300, 100))], k * STEP_MS, FRAME_SIZE);
      return subject;
    };

    it('says which faces continue a track beyond doubt, and changes nothing', () => {
      const subject = settled();
      const expected = [
        { id: 2, doubtful: false },
        { id: undefined, doubtful: true },
        { id: 1, doubtful: false },
      ];
      const faces = [face(square(303, 100)), face(square(500, 100)), face(square(101, 100))];
      assert.deepEqual(subject.preview(faces, 5 * STEP_MS), expected);
      assert.deepEqual(subject.preview(faces, 5 * STEP_MS), expected);
    });

    it('doubts a face that two tracks could claim', () => {
      const subject = tracker();
      for (let k = 0; k < 5; k++)
        subject.update([face(square(100, 100)), face(square(130, 100))], k * STEP_MS, FRAME_SIZE);
      assert.deepEqual(subject.preview([face(square(101, 100))], 5 * STEP_MS), [{ id: 1, doubtful: true }]);
    });

    it('doubts a face far from the prediction, one with a rival, and one after a long gap', () => {
      assert.deepEqual(settled().preview([face(square(125, 100))], 5 * STEP_MS), [{ id: 1, doubtful: true }]);
      assert.deepEqual(settled().preview([face(square(100, 100)), face(square(130, 100))], 5 * STEP_MS)[0], {
        id: 1,
        doubtful: true,
      });
      assert.deepEqual(settled().preview([face(square(100, 100))], 800), [{ id: 1, doubtful: true }]);
    });
  });

  describe('in random scenes', () => {
    const PEOPLE = 5;
    const FRAMES = 150;

    /** People wander, are missed one time in five, and now and then a cut puts everybody somewhere else. */
    function randomScenes(random: Random): Scene[] {
      const people = Array.from({ length: PEOPLE }, (_, i) => ({
        name: `person ${i}`,
        embedding: randomUnit(random),
        x: 0,
        y: 0,
        vx: 0,
        vy: 0,
      }));
      return frames(FRAMES, (k) => {
        const cut = k === 0 || random() < 0.03;
        return people
          .map((person): Scene[number] => {
            if (cut) {
              person.x = 40 + 500 * random();
              person.y = 40 + 220 * random();
              person.vx = 16 * random() - 8;
              person.vy = 8 * random() - 4;
            }
            if (person.x < 10 || person.x > 570) person.vx *= -1;
            if (person.y < 10 || person.y > 290) person.vy *= -1;
            person.x += person.vx;
            person.y += person.vy;
            const embedding = lookalike(person.embedding, 0.75 + 0.2 * random(), random);
            return [person.name, face(square(person.x, person.y), { embedding })];
          })
          .filter(() => random() > 0.2);
      });
    }

    for (let seed = 1; seed <= 8; seed++)
      it(`no track ever holds two people, and nobody is lost (seed ${seed})`, () => {
        const tracksOf = play(tracker({ minHits: 1 }), randomScenes(seeded(seed)));
        assert.equal(tracksOf.size, PEOPLE);
        assertOneTrackEach(tracksOf);
      });
  });
});
