/** The odd inputs themselves: as many kinds as promised, and the same for the same number. */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { oddMessage, oddName, wholeMessage } from '../../../scripts/endure/inputs/messages';
import { goodPictures, oddPicture } from '../../../scripts/endure/inputs/pictures';
import { damagedBytes } from '../../../scripts/endure/store/damage';
import { createRandom } from '../../../scripts/shared/random';
import { samplePhoto } from '../../support/images';

describe('odd inputs', () => {
  let pictures: Buffer[];
  before(async () => {
    pictures = await goodPictures(samplePhoto(3));
  });

  it('are the same for the same number', () => {
    for (const make of [
      (seed: number) => oddPicture(createRandom(seed), pictures),
      (seed: number) => oddMessage(createRandom(seed)),
      (seed: number) => oddName(createRandom(seed)),
    ]) {
      assert.deepEqual(make(5), make(5));
      assert.notDeepEqual(make(5), make(6));
    }
  });

  it('leave the good pictures as they are', () => {
    const before = pictures.map((picture) => Buffer.from(picture));
    const random = createRandom(1);
    const kinds = new Set(Array.from({ length: 1500 }, () => oddPicture(random, pictures).kind));
    assert.deepEqual(pictures, before);
    for (const kind of [
      'truncated',
      'spliced',
      'other sizes in the header',
      'SVG',
      'HEIC',
      'empty',
      'large and empty PNG',
    ])
      assert.ok(kinds.has(kind), kind);
  });

  it('break nearly every message: by chance a wrong value may be the right one', () => {
    const random = createRandom(2);
    const whole = Array.from({ length: 300 }, () => oddMessage(random)).filter(({ message }) =>
      isDeepStrictEqual(message, wholeMessage()),
    );
    assert.ok(whole.length < 10, `${whole.length} of 300`);
  });

  it('damage files as they say', () => {
    const bytes = () => Buffer.alloc(10_000, 1);
    const random = createRandom(3);
    const differing = (damaged: Buffer) => damaged.filter((byte) => byte !== 1).length;
    assert.equal(differing(damagedBytes('flipped bit', bytes(), random)), 1);
    assert.ok(differing(damagedBytes('zeroed page', bytes(), random)) >= 10_000 % 4096);
    assert.ok(damagedBytes('truncated', bytes(), random).length < 10_000);
    assert.equal(damagedBytes('empty file', bytes(), random).length, 0);
  });
});
