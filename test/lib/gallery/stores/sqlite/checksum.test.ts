import assert from 'node:assert/strict';
import {
  checksum,
  EMPTY,
  minus,
  plainCrc32,
  plus,
  sameTally,
  tallyOf,
} from '../../../../../lib/gallery/stores/sqlite/checksum';

describe('checksums', () => {
  it('are CRC-32 with and without the help of zlib', () => {
    // The check value of the algorithm's definition.
    assert.equal(plainCrc32(Buffer.from('123456789')), 0xcbf43926);
    assert.equal(plainCrc32(Buffer.from('6789'), plainCrc32(Buffer.from('12345'))), 0xcbf43926);
  });

  it('tell values, kinds and borders of fields apart', () => {
    const all = [
      [1, 'ab'],
      [1, 'b', 'a'],
      ['1', 'ab'],
      [1, Buffer.from('ab')],
      [1, 'a', 'b'],
      [1, null],
      [1],
      [0],
    ];
    assert.equal(new Set(all.map((fields) => checksum(fields))).size, all.length);
    assert.equal(checksum([-0]), checksum([0]));
  });

  it('add up to tallies', () => {
    const tally = tallyOf([3, 4]);
    assert.deepEqual(tally, { count: 2, sum: 7 });
    assert.ok(sameTally(minus(plus(tally, tallyOf([9])), tallyOf([9])), tally));
    assert.ok(!sameTally(tally, { count: 1, sum: 7 }) && !sameTally(tally, { count: 2, sum: 8 }));
    assert.deepEqual(tallyOf([]), EMPTY);
  });
});
