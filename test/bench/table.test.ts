import assert from 'node:assert/strict';
import { table } from '../../bench/table';

describe('bench: table', () => {
  it('lines up texts to the left and numbers to the right', () => {
    const text = table(
      ['size', 'ms', 'note'],
      [
        ['64x36', 5, 'a'],
        ['1280x720', 12.25, null],
      ],
    );
    assert.equal(
      text,
      ['  size         ms  note\n', '  64x36         5  a\n', '  1280x720  12.25\n'].join(''),
    );
  });

  it('shows an unknown number as nothing and keeps its column', () => {
    const text = table(
      ['a', 'b'],
      [
        [null, 1],
        [10, 2],
      ],
    );
    assert.equal(text, '   a  b\n      1\n  10  2\n');
  });

  it('is its headers where there are no rows', () => {
    assert.equal(table(['a', 'b'], []), '  a  b\n');
  });
});
