import assert from 'node:assert/strict';
import { toMarks, type DrawnFace } from '../../../lib/annotate/marks';
import { toAnnotateOptions } from '../../../lib/annotate/options';
import { face, match, square } from '../tracking/synthetic';

const OPTIONS = toAnnotateOptions({ strangerText: 'stranger', landmarks: true });
const NOBODY = { person: null, strangerId: null, similarity: 0, votes: 0 };

const followed = (rest: Partial<DrawnFace>): DrawnFace => ({
  ...face(square(10, 10), { match: match('ben', 0.6) }),
  ...rest,
});

describe('marks of followed faces', () => {
  const cases: [string, DrawnFace['identity'], string, string[]][] = [
    [
      'the person of the vote, not the match of one frame',
      { state: 'known', person: 'anna', strangerId: null, similarity: 0.72, votes: 5 },
      'known',
      ['anna', '0.72'],
    ],
    [
      'a stranger',
      { ...NOBODY, state: 'stranger', strangerId: 'stranger-1', similarity: 0.12 },
      'stranger',
      ['stranger', '0.12'],
    ],
    [
      'a stranger to an empty gallery, without a similarity',
      { ...NOBODY, state: 'stranger', strangerId: 'stranger-1' },
      'stranger',
      ['stranger'],
    ],
    ['no name while the vote is open', { ...NOBODY, state: 'undecided' }, 'detected', ['99%']],
  ];
  for (const [name, identity, kind, texts] of cases)
    it(`show ${name}`, () => {
      const [mark] = toMarks([followed({ identity: identity! })], OPTIONS);
      assert.deepEqual([mark!.kind, mark!.texts], [kind, texts]);
    });

  it('follow the smoothed outline, where there is one', () => {
    const steady = face(square(12, 14, 50));
    const { box, landmarks } = steady;
    const [mark, plain] = toMarks([followed({ smoothed: { box, landmarks } }), followed({})], OPTIONS);
    assert.deepEqual(mark!.box, box);
    assert.deepEqual(mark!.landmarks[2], landmarks.nose);
    assert.deepEqual(plain!.box, square(10, 10));
  });

  const refused: [object, RegExp][] = [
    [{ identity: 'anna' }, /Expected an object for faces\[0\]\.identity but received "anna"/],
    [{ identity: { ...NOBODY, state: 'sure' } }, /Expected one of undecided, known, stranger for .*state/],
    [{ identity: { state: 'known', person: 1, similarity: 0.5 } }, /identity\.person but received 1/],
    [{ smoothed: { box: square(NaN, 0) } }, /faces\[0\]\.smoothed.*box\.x but received NaN/],
  ];
  for (const [change, expected] of refused)
    it(`refuse ${String(expected)}`, () =>
      assert.throws(() => toMarks([followed(change)], OPTIONS), expected));
});
