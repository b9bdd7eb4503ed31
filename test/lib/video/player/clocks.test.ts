import assert from 'node:assert/strict';
import { Pacer } from '../../../../lib/video/player/pacer';
import { Timeline } from '../../../../lib/video/player/timeline';

describe('Pacer', () => {
  it('waits until a frame is due by the media clock, counted from the first frame', () => {
    const pacer = new Pacer();
    assert.equal(pacer.wait(500, 10_000), 0);
    assert.equal(pacer.wait(540, 10_000), 40);
    assert.equal(pacer.wait(580, 10_050), 30);
  });

  it('does not wait for a late frame, and catches up', () => {
    const pacer = new Pacer();
    pacer.wait(0, 0);
    assert.equal(pacer.wait(40, 100), 0);
    assert.equal(pacer.wait(120, 100), 20);
  });

  it('begins anew where the media clock jumps', () => {
    const pacer = new Pacer();
    pacer.wait(0, 0);
    pacer.wait(40, 40);
    assert.equal(pacer.wait(0, 80), 0, 'a loop');
    assert.equal(pacer.wait(40, 80), 40);
    assert.equal(pacer.wait(3_600_000, 120), 0, 'a broken stamp');
  });

  it('does not hurry after a pause', () => {
    const pacer = new Pacer();
    pacer.wait(0, 0);
    pacer.restart();
    assert.equal(pacer.wait(40, 5000), 0);
    assert.equal(pacer.wait(80, 5000), 40);
  });
});

describe('Timeline', () => {
  it('stamps frames as if the first had been taken at the start', () => {
    const timeline = new Timeline(1_000_000);
    const stamps = [2.5, 2.54, 2.58].map((seconds) => timeline.timestamp(timeline.mediaMs(seconds)));
    assert.deepEqual(stamps.map(Math.round), [1_000_000, 1_000_040, 1_000_080]);
  });

  it('gives frames without a stamp the period of 25 frames per second', () => {
    const timeline = new Timeline(0);
    assert.deepEqual(
      [undefined, undefined, 0.2, undefined].map((seconds) => timeline.mediaMs(seconds)),
      [0, 40, 200, 240],
    );
  });

  it('never goes back behind the frame before', () => {
    const ahead = Timeline.after({ timestamp: 5000 }, 1000);
    assert.equal(ahead.timestamp(ahead.mediaMs(0)), 5040);
    const behind = Timeline.after({ timestamp: 500 }, 1000);
    assert.equal(behind.timestamp(behind.mediaMs(0)), 1000);
  });
});
