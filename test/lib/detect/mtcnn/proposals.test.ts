import assert from 'node:assert/strict';
import type { Network } from '../../../../lib/inference/network';
import { MOST_PROPOSALS, propose } from '../../../../lib/detect/mtcnn/proposals';
import type { PyramidLevel } from '../../../../lib/detect/mtcnn/pyramid';
import { Stopwatch } from '../../../../lib/core/stopwatch';

/** A network whose prediction map [1, 5, rows, columns] has these logits and no regression. */
function fakeNetwork(rows: number, columns: number, logitOf: (cell: number) => number): Network {
  const data = new Float32Array(5 * rows * columns);
  for (let cell = 0; cell < rows * columns; cell++) data[cell] = logitOf(cell);
  return {
    inputs: { image: [1, 3, undefined, undefined] },
    outputs: { prediction: [1, 5, rows, columns] },
    busyMs: 0,
    run: () => Promise.resolve({ prediction: { data, dims: [1, 5, rows, columns] } }),
    release: () => Promise.resolve(),
  };
}

function levelOf(width: number, height: number): PyramidLevel {
  return { width, height, scaleX: 1, scaleY: 1, strips: [{ top: 0, height, data: new Float32Array() }] };
}

describe('mtcnn: proposals', () => {
  it('are the cells that are likely enough and better than their neighbours', async () => {
    const likely = new Map([
      [0, 3],
      [1, 2],
      [13, 1],
    ]);
    const network = fakeNetwork(3, 5, (cell) => likely.get(cell) ?? -5);
    const found = await propose(network, [levelOf(20, 16)], 0.6, new Stopwatch());
    assert.deepEqual(
      found.map(({ x1, y1, x2, y2 }) => [x1, y1, x2, y2]),
      [
        [0, 0, 12, 12],
        [6, 4, 18, 16],
      ],
    );
  });

  it('are the most likely ones of a picture that is full of them', async () => {
    // Every third cell of every third row stays, each more likely than the one before.
    const side = 3 * 250;
    const network = fakeNetwork(side, side, (cell) => 1 + cell / side ** 2);
    const found = await propose(network, [levelOf(2 * side + 10, 2 * side + 10)], 0.6, new Stopwatch());
    assert.equal(found.length, MOST_PROPOSALS);
    assert.ok(found.every(({ score }) => score > 0.73));
    assert.ok(found[0]!.score > found.at(-1)!.score);
  });
});
