import assert from 'node:assert/strict';
import { recorded } from '../../bench/networks';
import type { Network, Tensors } from '../../lib/inference/network';

/** Answers with the first number of its input and takes a millisecond for each run. */
function fakeNetwork(): Network & { readonly seen: number[][] } {
  const seen: number[][] = [];
  let busyMs = 0;
  return {
    seen,
    inputs: { x: [undefined] },
    outputs: { y: [undefined] },
    get busyMs() {
      return busyMs;
    },
    run({ x }) {
      const { data, dims } = x!;
      seen.push([...data, ...dims]);
      busyMs += 1;
      return Promise.resolve({ y: { data: data.slice(0, 1), dims: [1] } });
    },
    release: () => Promise.resolve(),
  };
}

function question(numbers: readonly number[], dims: readonly number[]): Tensors {
  return { x: { data: Float32Array.from(numbers), dims } };
}

describe('bench: recorded networks', () => {
  it('asks the same questions again, as they were when they were asked', async () => {
    const network = fakeNetwork();
    const recording = recorded(network);
    await recording.run(question([9], [1])); // before recording
    recording.record();
    const data = Float32Array.of(1, 2);
    assert.deepEqual((await recording.run({ x: { data, dims: [2] } }))['y']!.data, Float32Array.of(1));
    data.fill(7);
    await recording.run({ x: { data, dims: [1, 2] } });
    network.seen.length = 0;
    assert.equal(await recording.replay(), 2);
    assert.deepEqual(network.seen, [
      [1, 2, 2],
      [7, 7, 1, 2],
    ]);
  });

  it('does not note its own replays, and forgets when it records anew', async () => {
    const recording = recorded(fakeNetwork());
    recording.record();
    await recording.run(question([1], [1]));
    await recording.replay();
    await recording.run(question([2], [1]));
    assert.equal(recording.questions.length, 1);
    recording.record();
    assert.equal(recording.questions.length, 0);
  });
});
