import assert from 'node:assert/strict';
import { TopPeople } from '../../../../lib/gallery/search/top-people';

describe('TopPeople', () => {
  it('keeps the best sample of the best k people', () => {
    const top = new TopPeople(2);
    assert.equal(top.floor, -Infinity);
    for (const [person, similarity] of [
      [1, 0.1],
      [1, 0.5],
      [2, 0.3],
      [1, 0.4],
      [3, 0.2],
      [3, 0.9],
    ] as const)
      top.offer(person, similarity);
    assert.deepEqual(top.people, [
      { personId: 3, similarity: 0.9 },
      { personId: 1, similarity: 0.5 },
    ]);
    assert.equal(top.floor, 0.5);
    assert.equal(top.floorOf(3), 0.9);
    assert.equal(top.floorOf(2), 0.5);
  });

  it('lists fewer people where there are fewer', () => {
    const top = new TopPeople(5);
    top.offer(1, -0.2);
    top.offer(1, -0.3);
    assert.deepEqual(top.people, [{ personId: 1, similarity: -0.2 }]);
    assert.equal(top.floorOf(1), -0.2);
    assert.equal(top.floorOf(2), -Infinity);
  });
});
