import assert from 'node:assert/strict';
import type { Contents, PersonFound } from '../../../scripts/endure/programs/store-messages';
import { Ledger, type Plan } from '../../../scripts/endure/store/ledger';
import {
  embeddingOf,
  MODEL,
  nameOf,
  sampleIdOf,
  sampleOf,
  thumbnailOf,
  tracesIn,
} from '../../../scripts/endure/store/samples';

function found(person: number, ...samples: number[]): PersonFound {
  const name = nameOf(person);
  return {
    person: name,
    count: samples.length,
    samples: samples.map((id) => ({ ...sampleOf(id, name), id, person: name })),
  };
}

function contents(...people: PersonFound[]): Contents {
  const samples = people.reduce((sum, { count }) => sum + count, 0);
  return { people, models: samples === 0 ? [] : [{ model: MODEL, dimension: 512, samples }], nearest: [] };
}

const enrolment = (person: number, ...samples: number[]): Plan => ({
  kind: 'enrol',
  before: new Map([[person, undefined]]),
  after: new Map([[person, samples]]),
});
const removal = (person: number, ...samples: number[]): Plan => ({
  kind: 'remove',
  before: new Map([[person, samples]]),
  after: new Map([[person, undefined]]),
});

/** A ledger with acknowledged people 1 (samples 11 and 12) and 2 (sample 21). */
function ledgerOfTwo(): Ledger {
  const ledger = new Ledger();
  ledger.begin(1, enrolment(1, 11, 12));
  ledger.begin(2, enrolment(2, 21));
  ledger.acknowledge(1);
  ledger.acknowledge(2);
  return ledger;
}

const NOTHING = { lost: [], halfWritten: [] };

describe('the ledger of a gallery whose process is killed', () => {
  it('is content with what was acknowledged', () => {
    const ledger = ledgerOfTwo();
    assert.equal(ledger.acknowledged, 2);
    assert.deepEqual(ledger.settle(contents(found(1, 11, 12), found(2, 21))), NOTHING);
  });

  it('sees who is lost, and a sample that is', () => {
    const { lost } = ledgerOfTwo().settle(contents(found(1, 11)));
    assert.equal(lost.length, 2);
    assert.match(lost.join(), new RegExp(`${nameOf(1)}.*${nameOf(2)}`));
  });

  it('sees a removal that is lost', () => {
    const ledger = ledgerOfTwo();
    ledger.begin(3, removal(2, 21));
    ledger.acknowledge(3);
    assert.deepEqual(ledger.settle(contents(found(1, 11, 12), found(2, 21))), {
      lost: [`the removal of ${nameOf(2)}`],
      halfWritten: [],
    });
  });

  it('takes what was under way as done or as not done', () => {
    for (const there of [[found(3, 31, 32)], []]) {
      const ledger = ledgerOfTwo();
      ledger.begin(3, enrolment(3, 31, 32));
      assert.deepEqual(ledger.settle(contents(found(1, 11, 12), found(2, 21), ...there)), NOTHING);
    }
  });

  it('sees a change that happened in part', () => {
    const ledger = ledgerOfTwo();
    ledger.begin(3, enrolment(3, 31, 32));
    const { halfWritten } = ledger.settle(contents(found(1, 11, 12), found(2, 21), found(3, 31)));
    assert.deepEqual(halfWritten, [`a enrol of ${nameOf(3)}`]);
  });

  it('sees other bytes than were written', () => {
    const damaged = found(2, 21);
    damaged.samples[0]!.embedding[5]! += 1e-6;
    assert.equal(ledgerOfTwo().settle(contents(found(1, 11, 12), damaged)).halfWritten.length, 1);
  });

  it('explains what is there and under way, and tells what is left of others once', () => {
    const ledger = ledgerOfTwo();
    ledger.begin(3, removal(2, 21));
    const traces = tracesIn(Buffer.concat([Buffer.from(nameOf(1)), thumbnailOf(21)]));
    assert.deepEqual(ledger.unexplained(traces), []);
    ledger.acknowledge(3);
    assert.deepEqual(ledger.unexplained(traces), [{ kind: 'thumbnail', id: 21 }]);
    assert.deepEqual(ledger.unexplained(traces), []);
  });

  it('does not ask for erasing what was never written', () => {
    const ledger = ledgerOfTwo();
    ledger.begin(3, enrolment(3, 31));
    ledger.settle(contents(found(1, 11, 12), found(2, 21)));
    assert.deepEqual(ledger.unexplained(tracesIn(Buffer.from(nameOf(3)))), []);
  });
});

describe('the people of the trials', () => {
  const { embedding, source } = sampleOf(0xabcdef, nameOf(7));

  it('have embeddings of unit length that tell their number to the last bit', () => {
    const length = Math.hypot(...embedding);
    assert.ok(Math.abs(length - 1) < 1e-3, `${length}`);
    assert.equal(sampleIdOf(embedding), 0xabcdef);
    const other = embedding.slice();
    other[400]! *= 1.0001;
    assert.equal(sampleIdOf(other), undefined);
  });

  it('are unlike each other', () => {
    const b = embeddingOf(2);
    assert.ok(embeddingOf(1).reduce((sum, value, i) => sum + value * b[i]!, 0) < 0.5);
  });

  it('are found by any piece of a part', () => {
    const bytes = Buffer.from(embedding.buffer);
    assert.deepEqual(tracesIn(bytes.subarray(901, 901 + 63)), [{ kind: 'embedding', id: 0xabcdef }]);
    assert.deepEqual(tracesIn(thumbnailOf(0xabcdef).subarray(500, 530)), [
      { kind: 'thumbnail', id: 0xabcdef },
    ]);
    assert.deepEqual(tracesIn(Buffer.from(`…${source}`)), [
      { kind: 'name', id: 7 },
      { kind: 'source', id: 0xabcdef },
    ]);
    assert.deepEqual(tracesIn(Buffer.alloc(5000, 'Qz7x')), []);
  });
});
