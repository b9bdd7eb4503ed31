import assert from 'node:assert/strict';
import { ArcFlowError } from '../../../lib/core/errors';
import { FaceWatch } from '../../../lib/tracking/face-watch';
import { toLooks } from '../../../lib/tracking/looks';
import { face, frameAt, match, randomUnit, seeded, square } from './synthetic';

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

  describe('as a function may leave them', () => {
    const numbers: unknown[] = [NaN, Infinity, -Infinity, -1, 1e308, 10n];
    const others: unknown[] = ['7', '', null, undefined, {}, [], true, () => 1, Symbol.iterator, new Date(0)];
    const arrays: unknown[] = [new Float32Array(0), new Float32Array(512)];
    const odd = [...numbers, ...others, ...arrays];

    for (const path of pathsOf(good))
      it(`are refused with a sentence or followed, whatever is in ${path.join('.')}`, () => {
        const subject = new FaceWatch();
        let at = 0;
        for (const value of odd) {
          const changed = withValue(good, path, value);
          const looks = attempt(() => toLooks([changed]));
          if (looks === undefined) continue;
          subject.wanted(frameAt((at += 40)), looks);
          for (const { smoothed, identity } of subject.update(frameAt(at), looks).faces) {
            assert.ok(Number.isFinite(smoothed.box.x + smoothed.box.width + smoothed.landmarks.nose.y));
            assert.ok(Number.isFinite(identity.similarity));
          }
        }
        subject.reset();
        const events = [0, 40, 80, 120].flatMap(
          (time) => subject.update(frameAt(time), toLooks([good])).events,
        );
        assert.deepEqual(
          events.map(({ event, person }) => [event, person]),
          [['arrived', 'anna']],
        );
      });
  });
});

/** The result; undefined where it was refused as it should be. */
function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    assert.ok(error instanceof ArcFlowError, String(error));
    assert.match(error.message, /^Expected .* for msg\.faces.* but received /);
    return undefined;
  }
}

/** The ways to everything in a value but pixels and embeddings. */
function pathsOf(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    [key],
    ...pathsOf(inner).map((rest) => [key, ...rest]),
  ]);
}

function withValue(from: object, [key, ...rest]: readonly string[], value: unknown): object {
  const inner = (from as Record<string, unknown>)[key!];
  const put = rest.length === 0 ? value : withValue(inner as object, rest, value);
  return Array.isArray(from) ? [put] : { ...from, [key!]: put };
}
