import assert from 'node:assert/strict';
import { toTrackingOptions } from '../../../lib/tracking/options';
import { StrangerMemory } from '../../../lib/tracking/stranger-memory';
import { lookalike, MODEL, randomUnit, seeded } from './synthetic';

const memory = (options: object = {}) => new StrangerMemory(toTrackingOptions(options));
const seen = (embedding: Float32Array) => ({ embedding, embeddingModel: MODEL });

describe('stranger memory', () => {
  const random = seeded(8);
  const people = Array.from({ length: 6 }, () => randomUnit(random));

  function meet(subject: StrangerMemory, person: number, at: number): string {
    const look = seen(lookalike(people[person]!, 0.8, random));
    const id = subject.identify(look, at);
    subject.see(id, look, at);
    return id;
  }

  it('knows a stranger who comes back, among others', () => {
    const subject = memory();
    const ids = people.map((_, person) => meet(subject, person, 0));
    assert.deepEqual(ids, [
      'stranger-1',
      'stranger-2',
      'stranger-3',
      'stranger-4',
      'stranger-5',
      'stranger-6',
    ]);
    people.forEach((_, person) => assert.equal(meet(subject, person, 60_000), ids[person]));
  });

  it('takes the most similar of several who are alike', () => {
    const subject = memory();
    const twin = lookalike(people[0]!, 0.7, random);
    subject.see('one', seen(people[0]!), 0);
    subject.see('other', seen(twin), 0);
    assert.equal(subject.identify(seen(lookalike(people[0]!, 0.95, random)), 1), 'one');
    assert.equal(subject.identify(seen(lookalike(twin, 0.95, random)), 1), 'other');
  });

  it('forgets after rememberStrangers, counted from the last sighting', () => {
    const subject = memory({ rememberStrangers: 1000 });
    assert.equal(meet(subject, 0, 0), 'stranger-1');
    assert.equal(meet(subject, 0, 900), 'stranger-1');
    assert.equal(meet(subject, 0, 1800), 'stranger-1');
    assert.equal(meet(subject, 0, 2900), 'stranger-2');
    assert.equal(subject.size, 1);
  });

  it('keeps at most maxStrangers, those seen last', () => {
    const subject = memory({ maxStrangers: 2 });
    meet(subject, 0, 0);
    meet(subject, 1, 1);
    meet(subject, 0, 2);
    meet(subject, 2, 3);
    assert.equal(subject.size, 2);
    assert.equal(meet(subject, 0, 4), 'stranger-1');
    assert.equal(meet(subject, 1, 5), 'stranger-4');
  });

  it('cannot know a face without an embedding, or with one of another model', () => {
    const subject = memory();
    meet(subject, 0, 0);
    assert.equal(subject.identify({}, 1), 'stranger-2');
    assert.equal(subject.identify({ embedding: people[0]!, embeddingModel: 'other' }, 1), 'stranger-3');
  });
});
