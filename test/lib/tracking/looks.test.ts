import assert from 'node:assert/strict';
import { toLooks } from '../../../lib/tracking/looks';
import { face, match, randomUnit, seeded, square } from './synthetic';

const good = face(square(10, 10), { embedding: randomUnit(seeded(1)), match: match('anna', 0.6) });

describe('faces for the watch', () => {
  it('pass as they are, with and without embedding, match and sharpness', () => {
    const { size, yaw, pitch, roll } = good.quality;
    const bare = { ...face(square(0, 0)), quality: { size, yaw, pitch, roll } };
    assert.deepEqual(toLooks([good, bare]), [good, bare]);
    assert.deepEqual(toLooks([]), []);
  });

  const refused: [string, object, RegExp][] = [
    [
      'a size of NaN',
      { quality: { ...good.quality, size: NaN } },
      /between 0 and 1000000 for msg\.faces\[0\]\.quality\.size/,
    ],
    [
      'no size',
      { quality: { ...good.quality, size: undefined } },
      /Expected a number for msg\.faces\[0\]\.quality\.size/,
    ],
    ['a pose that is text', { quality: { ...good.quality, yaw: '3' } }, /quality\.yaw but received "3"/],
    [
      'sharpness above 1',
      { quality: { ...good.quality, sharpness: 2 } },
      /quality\.sharpness but received 2/,
    ],
    [
      'an embedding of NaN',
      { embedding: new Float32Array(4).fill(NaN) },
      /unit length for msg\.faces\[0\]\.embedding/,
    ],
    ['an embedding of another length', { embedding: new Float32Array([1, 1]) }, /a vector of unit length/],
    [
      'a match that is text',
      { match: 'anna' },
      /Expected a match for msg\.faces\[0\]\.match but received "anna"/,
    ],
    ['a person who is a number', { match: { ...good.match, person: 1 } }, /a string or null/],
    ['a match without threshold', { match: { ...good.match, threshold: undefined } }, /match\.threshold/],
    ['a match without candidates', { match: { ...good.match, candidates: undefined } }, /match\.candidates/],
  ];
  for (const [name, change, expected] of refused)
    it(`are refused with ${name}`, () => assert.throws(() => toLooks([{ ...good, ...change }]), expected));
});
