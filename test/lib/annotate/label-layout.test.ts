import assert from 'node:assert/strict';
import { intersection, type Box } from '../../../lib/core/box';
import { placeLabels, type LabelRequest } from '../../../lib/annotate/label-layout';

const FRAME = { width: 640, height: 360 };
const SIZE = { width: 80, height: 20 };

function request(x: number, y: number, side = 60): LabelRequest {
  return { face: { x, y, width: side, height: side }, ...SIZE };
}

function boxes(requests: readonly LabelRequest[], taken: readonly Box[] = []): Box[] {
  return placeLabels(requests, FRAME, taken).map(({ x, y }) => ({ x, y, ...SIZE }));
}

function assertInside(box: Box): void {
  assert.ok(box.x >= 0 && box.y >= 0);
  assert.ok(box.x + box.width <= FRAME.width && box.y + box.height <= FRAME.height);
}

describe('placeLabels', () => {
  it('puts a label on the top edge of its face', () => {
    assert.deepEqual(placeLabels([request(100, 100)], FRAME), [{ x: 100, y: 80 }]);
  });

  it('puts it below when there is no room above', () => {
    assert.deepEqual(placeLabels([request(100, 5)], FRAME), [{ x: 100, y: 65 }]);
  });

  it('shifts it into the frame at the sides', () => {
    assert.deepEqual(placeLabels([request(600, 100, 40)], FRAME), [{ x: 560, y: 80 }]);
  });

  it('puts it inside a face that fills the frame', () => {
    const face = { x: 0, y: 0, ...FRAME };
    assert.deepEqual(placeLabels([{ face, ...SIZE }], FRAME), [{ x: 0, y: 0 }]);
  });

  it('keeps the labels of neighbours apart', () => {
    const requests = Array.from({ length: 5 }, (_, index) => request(50 + index * 65, 100 + (index % 2) * 8));
    const placed = boxes(requests);
    placed.forEach((box, index) => {
      assertInside(box);
      for (const other of placed.slice(index + 1)) assert.equal(intersection(box, other), 0);
    });
  });

  it('keeps a label off the face above its own', () => {
    const [, lower] = boxes([request(100, 100), request(100, 165)]);
    assert.equal(intersection(lower!, request(100, 100).face), 0);
  });

  it('avoids areas that are taken', () => {
    const taken = { x: 90, y: 70, width: 100, height: 30 };
    assert.equal(intersection(boxes([request(100, 100)], [taken])[0]!, taken), 0);
  });

  it('gives the places in the order of the requests', () => {
    const [small, large] = placeLabels([request(400, 200, 30), request(50, 100, 120)], FRAME);
    assert.deepEqual(
      [small, large],
      [
        { x: 400, y: 180 },
        { x: 50, y: 80 },
      ],
    );
  });

  it('starts at the left edge when the label is wider than the frame', () => {
    const [place] = placeLabels([{ face: { x: 5, y: 5, width: 4, height: 4 }, width: 80, height: 20 }], {
      width: 10,
      height: 10,
    });
    assert.deepEqual(place, { x: 0, y: 0 });
  });

  it('finds a place inside the frame for every face of a crowd', () => {
    const crowd = Array.from({ length: 100 }, (_, index) =>
      request((index % 20) * 32, Math.floor(index / 20) * 70, 25),
    );
    const placed = boxes(crowd);
    assert.equal(placed.length, 100);
    placed.forEach(assertInside);
  });
});
