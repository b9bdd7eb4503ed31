import assert from 'node:assert/strict';
import { SourceClocks } from '../../../lib/tracking/source-clocks';

describe('source clocks', () => {
  it('lets time pass once the next frame is overdue, on the clock of the frames', () => {
    const clocks = new SourceClocks(4);
    clocks.note('door', 5000, 100);
    clocks.note('door', 5040, 140);
    assert.deepEqual(clocks.times(200), [['door', 5040]]);
    assert.deepEqual(clocks.times(1220), [['door', 6040]]);
  });

  it('lets no time pass between the frames of a file that plays slowly', () => {
    const clocks = new SourceClocks(4);
    clocks.note('file', 0, 0);
    clocks.note('file', 40, 3000);
    assert.deepEqual(clocks.times(6000), [['file', 40]]);
    assert.deepEqual(clocks.times(9000 + 500), [['file', 540]]);
  });

  it('forgets what it is told to, and the source that is silent for longest', () => {
    const clocks = new SourceClocks(2);
    for (const [index, source] of ['a', 'b', 'a', 'c'].entries()) clocks.note(source, 0, index);
    assert.deepEqual(
      clocks.times(3).map(([source]) => source),
      ['a', 'c'],
    );
    clocks.forget('a');
    assert.deepEqual(
      clocks.times(3).map(([source]) => source),
      ['c'],
    );
    clocks.clear();
    assert.deepEqual(clocks.times(3), []);
  });
});
