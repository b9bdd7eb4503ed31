import assert from 'node:assert/strict';
import type { BestShot } from '../../../lib/tracking/best-shot';
import { EventMachine, type FaceEvent, type Sighting } from '../../../lib/tracking/event-machine';
import { toTrackingOptions } from '../../../lib/tracking/options';
import { face, frameAt, seeded, square } from './synthetic';

const OPTIONS = { leaveAfter: 2000, seenEvery: 5000, unknownAfter: 3000, coolDown: 10_000 };
const machine = (options: object = {}) =>
  new EventMachine('door', toTrackingOptions({ ...OPTIONS, ...options }));

const shot = (score: number): BestShot => ({ face: face(square(0, 0)), score, crop: frameAt(0) });
const friend = (person: string, since = 0, rest: Partial<Sighting> = {}): Sighting => ({
  identity: { state: 'known', person, strangerId: null, similarity: 0.5, votes: 3 },
  since,
  best: undefined,
  ...rest,
});
const stranger = (strangerId: string, since = 0): Sighting => ({
  identity: { state: 'stranger', person: null, strangerId, similarity: 0.1, votes: 3 },
  since,
  best: undefined,
});
const brief = (events: readonly FaceEvent[]) =>
  events.map(({ event, person, strangerId }) => `${event} ${person ?? strangerId}`);

/** Plays 10 fps from..to (ms, inclusive) and tells when something happened. */
function watch(subject: EventMachine, from: number, to: number, sightings: readonly Sighting[]): string[] {
  const log: string[] = [];
  for (let at = from; at <= to; at += 100)
    log.push(...brief(subject.update(sightings, at)).map((text) => `${at} ${text}`));
  return log;
}

describe('event machine', () => {
  it('says once who arrived, now and then who is seen, and once who left', () => {
    const subject = machine();
    assert.deepEqual(watch(subject, 0, 12_000, [friend('anna')]), [
      '0 arrived anna',
      '5000 seen anna',
      '10000 seen anna',
    ]);
    assert.deepEqual(watch(subject, 12_100, 20_000, []), ['14100 left anna']);
  });

  it('carries what a flow needs', () => {
    const subject = machine();
    const [arrived] = subject.update([friend('anna', 400, { best: shot(0.3) })], 1000);
    assert.deepEqual(arrived, {
      event: 'arrived',
      person: 'anna',
      strangerId: null,
      similarity: 0.5,
      votes: 3,
      firstTime: 400,
      lastTime: 1000,
      source: 'door',
      best: arrived?.best,
    });
    assert.equal(arrived.best?.score, 0.3);
    subject.update([friend('anna', 400, { best: shot(0.7) })], 1500);
    subject.update([friend('anna', 1600, { best: shot(0.1) })], 2000);
    const [left] = subject.tick(9000);
    assert.equal(left?.event, 'left');
    assert.deepEqual([left.firstTime, left.lastTime, left.best?.score], [400, 2000, 0.7]);
  });

  it('does not say that somebody left who is found again within leaveAfter', () => {
    const subject = machine();
    watch(subject, 0, 1000, [friend('anna')]);
    assert.deepEqual(watch(subject, 1100, 2900, []), []);
    assert.deepEqual(watch(subject, 3000, 4000, [friend('anna', 3000)]), []);
  });

  it('raises `left` by time alone', () => {
    const subject = machine();
    subject.update([friend('anna')], 0);
    assert.deepEqual(brief(subject.tick(2000)), []);
    assert.deepEqual(brief(subject.tick(2001)), ['left anna']);
    assert.deepEqual(brief(subject.tick(2002)), []);
  });

  it('takes a reflection of a person for the same person', () => {
    const subject = machine();
    assert.deepEqual(watch(subject, 0, 1000, [friend('anna'), friend('anna')]), ['0 arrived anna']);
    assert.deepEqual(watch(subject, 1100, 6000, [friend('anna')]), ['5000 seen anna']);
  });

  it('puts an arrival in the cool-down off until it ends', () => {
    const subject = machine();
    watch(subject, 0, 1000, [friend('anna')]);
    assert.deepEqual(watch(subject, 1100, 4900, []), ['3100 left anna']);
    // In the cool-down she comes and goes unannounced; she is announced when she is there at its end.
    assert.deepEqual(watch(subject, 5000, 6000, [friend('anna', 5000)]), []);
    assert.deepEqual(watch(subject, 6100, 8900, []), []);
    assert.deepEqual(watch(subject, 9000, 11_000, [friend('anna', 9000)]), ['10000 arrived anna']);
  });

  it('cools down for each person alone', () => {
    const subject = machine();
    subject.update([friend('anna')], 0);
    assert.deepEqual(brief(subject.update([friend('anna'), friend('ben', 100)], 100)), ['arrived ben']);
  });

  it('reports a stranger who stayed, once', () => {
    const subject = machine();
    assert.deepEqual(watch(subject, 1000, 9000, [stranger('stranger-1', 1000)]), ['4000 unknown stranger-1']);
    assert.deepEqual(watch(subject, 9100, 12_000, []), ['11100 left stranger-1']);
  });

  it('says nothing of a stranger who passed by', () => {
    const subject = machine();
    assert.deepEqual(watch(subject, 0, 2000, [stranger('stranger-1')]), []);
    assert.deepEqual(watch(subject, 2100, 9000, []), []);
    assert.equal(subject.idle, true);
  });

  it('counts the stay of a stranger over broken tracks', () => {
    const subject = machine();
    watch(subject, 0, 1500, [stranger('stranger-1')]);
    assert.deepEqual(watch(subject, 2500, 3500, [stranger('stranger-1', 2500)]), ['3000 unknown stranger-1']);
  });

  it('tells departures before arrivals', () => {
    const subject = machine();
    watch(subject, 0, 1000, [friend('anna')]);
    assert.deepEqual(brief(subject.update([friend('ben', 8000), friend('anna', 8000)], 11_000)), [
      'left anna',
      'arrived ben',
      'arrived anna',
    ]);
  });

  it('does not mix up a person with a stranger of that name', () => {
    const subject = machine({ unknownAfter: 0 });
    assert.deepEqual(brief(subject.update([friend('stranger-1'), stranger('stranger-1')], 0)), [
      'arrived stranger-1',
      'unknown stranger-1',
    ]);
  });

  it('closes with `left` for everybody', () => {
    const subject = machine();
    subject.update([friend('anna'), friend('ben')], 0);
    assert.deepEqual(brief(subject.close()), ['left anna', 'left ben']);
    assert.equal(subject.idle, true);
  });

  for (let seed = 1; seed <= 20; seed++)
    it(`keeps its promises whatever is seen (seed ${seed})`, () => {
      const random = seeded(seed);
      const subject = machine();
      const here = new Set<string>();
      const lastArrival = new Map<string, number>();
      const lastSeen = new Map<string, number>();
      const present = { anna: false, ben: false, 'stranger-1': false };
      let at = 0;
      for (let k = 0; k < 600; k++) {
        at += 50 + 200 * random();
        for (const name of Object.keys(present) as (keyof typeof present)[])
          if (random() < 0.04) present[name] = !present[name];
        const sightings = [
          ...(['anna', 'ben'] as const).filter((name) => present[name]).map((name) => friend(name, at)),
          ...(present['stranger-1'] ? [stranger('stranger-1', at)] : []),
        ];
        const events = random() < 0.1 ? subject.tick(at) : subject.update(sightings, at);
        for (const { event, person, strangerId, firstTime, lastTime } of events) {
          const who = person ?? strangerId!;
          assert.ok(firstTime <= lastTime && lastTime <= at);
          if (event === 'left') {
            assert.ok(here.delete(who), `${who} left without having come`);
            assert.ok(at - lastTime > OPTIONS.leaveAfter);
          } else if (event === 'seen') {
            assert.ok(here.has(who));
            assert.ok(at - lastSeen.get(who)! >= OPTIONS.seenEvery);
            lastSeen.set(who, at);
          } else {
            assert.equal(event, person === null ? 'unknown' : 'arrived');
            assert.ok(!here.has(who), `${who} came twice`);
            assert.ok(at - (lastArrival.get(who) ?? -Infinity) >= OPTIONS.coolDown);
            if (event === 'unknown') assert.ok(lastTime - firstTime >= OPTIONS.unknownAfter);
            here.add(who);
            lastArrival.set(who, at);
            lastSeen.set(who, at);
          }
        }
      }
      assert.ok(lastArrival.size > 0, 'something happened');
      assert.deepEqual(brief(subject.close()).length, here.size);
    });
});
