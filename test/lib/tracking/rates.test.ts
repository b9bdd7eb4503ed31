/** From sixty pictures a second to one a minute, with a clock that the test turns. */
import assert from 'node:assert/strict';
import type { Box, Face } from '../../../lib/core/face';
import { FaceWatch } from '../../../lib/tracking/face-watch';
import { TRACKING_NUMBERS } from '../../../lib/tracking/options';
import { SourceClocks } from '../../../lib/tracking/source-clocks';
import { face, frameAt, lookalike, matchAgainst, randomUnit, seeded, square } from './synthetic';

const TICK_MS = 500;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Pictures a second. */
const RATES = [60, 25, 10, 2, 1, 1 / 1.5, 1 / 5, 1 / 30, 1 / 60];
const LEAVE_MS = TRACKING_NUMBERS.leaveAfter.default;

const random = seeded(21);
const people = {
  anna: randomUnit(random),
  ben: randomUnit(random),
  // Not in the gallery.
  carl: randomUnit(random),
  dora: randomUnit(random),
};
type Name = keyof typeof people;
const gallery = { anna: people.anna, ben: people.ben };

/** Made once: thousands of pictures are shown. */
const LOOKS = 12;
const looks = new Map<string, Pick<Face, 'embedding' | 'match'>[]>();
const picture = frameAt(0);

function look(who: Name, box: Box = square(100, 100), cosine = 0.7): Face {
  const key = `${who} ${cosine}`;
  const made =
    looks.get(key) ??
    Array.from({ length: LOOKS }, () => {
      const embedding = lookalike(people[who], cosine, random);
      return { embedding, match: matchAgainst(gallery, embedding) };
    });
  looks.set(key, made);
  return face(box, made[Math.floor(random() * LOOKS)]);
}

interface Picture {
  readonly at: number;
  readonly faces: readonly Face[];
}

interface Happening {
  readonly at: number;
  readonly what: string;
}

/** Pictures at a rate with a share of jitter, from a time until another. */
function pictures(
  rate: number,
  from: number,
  to: number,
  scene: (at: number) => readonly Face[],
  jitter = 0,
): Picture[] {
  const gap = 1000 / rate;
  const times: number[] = [];
  for (let k = 0; from + k * gap < to; k++)
    times.push(Math.round(from + (k + jitter * (random() - 0.5)) * gap));
  return times.map((at) => ({ at, faces: scene(at) }));
}

/** What the node does, on a clock of its own: pictures as they come, and time in between. */
function watchThem(shown: readonly Picture[], until: number, options: object = {}): Happening[] {
  const watch = new FaceWatch(options);
  const clocks = new SourceClocks(4);
  const happened: Happening[] = [];
  const waiting = [...shown];
  let tick = 0;
  while (tick <= until) {
    const next = waiting[0];
    const now = next !== undefined && next.at <= tick ? next.at : tick;
    const events = [];
    if (next !== undefined && next.at <= tick) {
      waiting.shift();
      clocks.note('door', now, now);
      events.push(...watch.update({ ...picture, timestamp: now }, next.faces).events);
    } else {
      for (const [source, time] of clocks.times(now)) events.push(...watch.tick(time, source));
      tick += TICK_MS;
    }
    for (const { event, person, strangerId } of events)
      if (event !== 'seen') happened.push({ at: now, what: `${event} ${person ?? strangerId}` });
  }
  assert.equal(waiting.length, 0, 'all pictures were shown');
  return happened;
}

const brief = (happened: readonly Happening[]) => happened.map(({ what }) => what);
const timeOf = (happened: readonly Happening[], what: string): number => {
  const found = happened.find((happening) => happening.what === what);
  assert.ok(found, `${what} among ${brief(happened).join(', ')}`);
  return found.at;
};

describe('face watch at any rate', () => {
  for (const rate of RATES)
    for (const jitter of [0, 0.6]) {
      const name = `${rate >= 1 ? rate : `1/${1 / rate}`} pictures a second${jitter > 0 ? ', jittered' : ''}`;
      const gap = 1000 / rate;
      /** Long enough for a dozen pictures, or half a minute. */
      const stay = Math.max(12 * gap, 30_000);
      /** Somebody who has gone is said to have left within this: in pictures at a slow source. */
      const patience = LEAVE_MS + 5 * gap + 2 * TICK_MS;

      describe(name, () => {
        it('says once that a known person arrived, and once that she left', () => {
          const shown = pictures(rate, 0, 2 * stay, (at) => (at < stay ? [look('anna')] : []), jitter);
          const happened = watchThem(shown, 2 * stay + patience);
          assert.deepEqual(brief(happened), ['arrived anna', 'left anna']);
          assert.ok(timeOf(happened, 'arrived anna') <= Math.max(3 * gap, 1500));
          const left = timeOf(happened, 'left anna');
          assert.ok(left > stay + LEAVE_MS - 2 * gap && left <= stay + patience, `${left}`);
        });

        it('says that she left when no further picture comes', () => {
          const happened = watchThem(
            pictures(rate, 0, stay, () => [look('anna')], jitter),
            stay + patience,
          );
          assert.deepEqual(brief(happened), ['arrived anna', 'left anna']);
          assert.ok(timeOf(happened, 'left anna') > stay + LEAVE_MS - 2 * gap);
        });

        it('reports a stranger once', () => {
          const shown = pictures(rate, 0, 2 * stay, (at) => (at < stay ? [look('carl')] : []), jitter);
          const happened = watchThem(shown, 2 * stay + patience);
          assert.deepEqual(brief(happened), ['unknown stranger-1', 'left stranger-1']);
          assert.ok(timeOf(happened, 'unknown stranger-1') <= 5000 + 4 * gap + TICK_MS);
        });

        it('tells two people at once apart, also from two strangers', () => {
          const shown = pictures(
            rate,
            0,
            stay,
            () => [
              look('anna', square(20, 100)),
              look('carl', square(400, 100)),
              look('ben', square(120, 100)),
              look('dora', square(500, 100)),
            ],
            jitter,
          );
          const happened = brief(watchThem(shown, stay + patience));
          assert.deepEqual(happened.filter((what) => !what.startsWith('left')).sort(), [
            'arrived anna',
            'arrived ben',
            'unknown stranger-1',
            'unknown stranger-2',
          ]);
          assert.equal(happened.length, 8, happened.join());
        });

        it('says that somebody comes back, the same stranger too while remembered', () => {
          const away = Math.max(patience, MINUTE_MS) + 3 * gap;
          const here = (at: number) => at < stay || at >= stay + away;
          const scene = (at: number) => (here(at) ? [look('anna'), look('carl', square(400, 100))] : []);
          const end = 2 * stay + away;
          const happened = brief(
            watchThem(pictures(rate, 0, end, scene, jitter), end + patience, {
              rememberStrangers: 2 * HOUR_MS,
            }),
          );
          const visit = ['arrived anna', 'left anna', 'left stranger-1', 'unknown stranger-1'];
          assert.deepEqual(
            [...happened.slice(0, 4).sort(), ...happened.slice(4).sort()],
            [...visit, ...visit],
          );
        });

        it('is patient with a picture in which she is missed', () => {
          let count = 0;
          const shown = pictures(rate, 0, stay, () => (++count % 4 === 0 ? [] : [look('anna')]), jitter);
          assert.deepEqual(brief(watchThem(shown, stay + patience)), ['arrived anna', 'left anna']);
        });
      });
    }

  describe('one picture, then nothing for an hour', () => {
    it('is enough for a known person, who leaves later', () => {
      const happened = watchThem([{ at: 0, faces: [look('anna')] }], HOUR_MS);
      assert.deepEqual(brief(happened), ['arrived anna', 'left anna']);
      assert.ok(timeOf(happened, 'arrived anna') <= 2000);
      assert.ok(timeOf(happened, 'left anna') <= 5 * MINUTE_MS);
    });

    it('is enough for a stranger who is clearly one', () => {
      const happened = watchThem([{ at: 0, faces: [look('carl')] }], HOUR_MS);
      assert.deepEqual(brief(happened), ['unknown stranger-1', 'left stranger-1']);
    });

    it('is not enough for somebody who is hardly seen, or hardly like anybody', () => {
      const poor = look('carl');
      const blurred = { ...poor, quality: { ...poor.quality, size: 20, sharpness: 0, yaw: 60 } };
      const doubtful = look('anna', square(400, 100), 0.3);
      assert.deepEqual(watchThem([{ at: 0, faces: [blurred, doubtful] }], HOUR_MS), []);
    });

    it('is not enough for a name where one sure look shall not do', () => {
      const shown = [{ at: 0, faces: [look('anna')] }];
      assert.deepEqual(watchThem(shown, HOUR_MS, { oneSureFrame: false }), []);
    });
  });

  it('announces each visit at a doorbell that rings now and then', () => {
    const visits: [number, Name][] = [
      [0, 'anna'],
      [20, 'carl'],
      [50, 'anna'],
      [52, 'ben'],
      [180, 'anna'],
    ];
    const shown = visits.map(([minute, who]) => ({ at: minute * MINUTE_MS, faces: [look(who)] }));
    assert.deepEqual(
      brief(watchThem(shown, 4 * HOUR_MS)).filter((what) => !what.startsWith('left')),
      ['arrived anna', 'unknown stranger-1', 'arrived anna', 'arrived ben', 'arrived anna'],
    );
  });

  it('announces each burst of a camera that is triggered by motion, also a burst of one', () => {
    const burst = (minute: number, seconds: number): Picture[] =>
      pictures(5, minute * MINUTE_MS, minute * MINUTE_MS + seconds * 1000, () => [look('anna')]);
    const shown = [...burst(0, 4), ...burst(10, 1), ...burst(30, 0.1), ...burst(45, 3)];
    const visit = ['arrived anna', 'left anna'];
    assert.deepEqual(brief(watchThem(shown, HOUR_MS)), [...visit, ...visit, ...visit, ...visit]);
  });

  it('follows a source that slows down from a video to a picture a minute, and back', () => {
    const shown = [
      ...pictures(25, 0, 20_000, () => [look('anna')]),
      ...pictures(1 / 60, 79_960, 20 * MINUTE_MS, () => [look('anna')]),
      ...pictures(25, 20 * MINUTE_MS, 21 * MINUTE_MS, (at) => (at < 20.5 * MINUTE_MS ? [look('anna')] : [])),
    ];
    const happened = watchThem(shown, 22 * MINUTE_MS);
    // The first pause looks like an absence.
    assert.deepEqual(brief(happened), ['arrived anna', 'left anna', 'arrived anna', 'left anna']);
    assert.ok(happened.at(-1)!.at <= 20.5 * MINUTE_MS + LEAVE_MS + TICK_MS);
  });

  it('does not take who stands there a minute later for the one who was there', () => {
    const shown = pictures(1 / 60, 0, 20 * MINUTE_MS, (at) => [look(at < 10 * MINUTE_MS ? 'carl' : 'dora')]);
    assert.deepEqual(brief(watchThem(shown, HOUR_MS)), [
      'unknown stranger-1',
      'unknown stranger-2',
      'left stranger-1',
      'left stranger-2',
    ]);
  });

  it('waits for as many looks of a video as it always did', () => {
    const shown = pictures(25, 0, 4000, () => [look('anna'), look('carl', square(400, 100))]);
    const happened = watchThem(shown, 4000);
    assert.deepEqual(happened, [{ at: 80, what: 'arrived anna' }]);
  });

  it('asks for a full look at every picture of a slow source, and for every face in it', () => {
    for (const rate of [2, 1, 1 / 5, 1 / 60]) {
      const subject = new FaceWatch({ fullEvery: 100 });
      for (let k = 0; k < 8; k++) {
        const frame = frameAt((k * 1000) / rate);
        const seen = look('anna');
        assert.equal(subject.plan(frame).full, true, `${rate} a second, picture ${k}`);
        assert.deepEqual(subject.wanted(frame, [face(seen.box)]), [true]);
        subject.update(frame, [seen]);
      }
    }
  });

  it('looks everywhere in the first picture after a pause of a video', () => {
    const subject = new FaceWatch({ fullEvery: 100 });
    const fulls = [0, 40, 80, 120, 30_000, 30_040, 30_080].map((at) => {
      const { full } = subject.plan(frameAt(at));
      subject.update(frameAt(at), []);
      return full;
    });
    assert.deepEqual(fulls, [true, false, false, false, true, false, false]);
  });
});
