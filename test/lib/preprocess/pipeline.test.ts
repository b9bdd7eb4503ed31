import assert from 'node:assert/strict';
import { preprocess } from '../../../lib/preprocess/pipeline';
import { OPERATIONS, toSteps } from '../../../lib/preprocess/steps';
import { invert, project } from '../../../lib/geometry/transform';
import { faceWithEyes, greys, randomFrame, run } from './support';

describe('preprocess', () => {
  it('runs the enabled steps in order and reports each', () => {
    const steps = toSteps([
      { id: 'brightness', offset: 10 },
      { id: 'contrast', enabled: false, factor: 0 },
      { id: 'contrast', factor: 2 },
    ]);
    const { frame, report } = preprocess(greys(100, 110, 120), steps);
    assert.deepEqual(
      [...frame.data].filter((_, i) => i % 3 === 0),
      [93, 113, 133],
    );
    assert.deepEqual(
      report.map(({ id }) => id),
      ['brightness', 'contrast'],
    );
    assert.ok(report.every(({ ms }) => ms >= 0));
  });

  it('returns the frame itself when there is nothing to do', () => {
    const frame = randomFrame(4, 4);
    assert.equal(preprocess(frame, []).frame, frame);
  });

  it('keeps time, number and source of the frame through all kinds of steps', () => {
    const frame = { ...randomFrame(20, 10), timestamp: 42, sequence: 7, source: 'door' };
    const ids = ['gamma', 'gaussian', 'flip', 'rotate', 'crop', 'sharpen', 'median', 'resize'];
    const { frame: result } = preprocess(frame, toSteps(ids.map((id) => ({ id }))));
    assert.deepEqual([result.timestamp, result.sequence, result.source], [42, 7, 'door']);
    assert.ok(result.data.buffer instanceof SharedArrayBuffer);
  });

  it('gives the same as one step after the other, though buffers are reused', () => {
    const ids = ['gaussian', 'brightness', 'median', 'flip', 'equalise', 'bilateral', 'saturation', 'rotate'];
    const frame = randomFrame(30, 20);
    const parameters = { brightness: { offset: 9 }, saturation: { factor: 0.5 } } as Record<string, object>;
    const steps = ids.map((id) => ({ id, ...parameters[id] }));
    const expected = steps.reduce((current, step) => preprocess(current, toSteps([step])).frame, frame);
    assert.deepEqual(preprocess(frame, toSteps(steps)).frame.data, expected.data);
  });

  it('takes the faces along, and tells where their pixels came from', () => {
    const face = faceWithEyes({ x: 20, y: 30 }, { x: 40, y: 30 });
    const steps = toSteps([
      { id: 'flip' },
      { id: 'rotate', angle: 90 },
      { id: 'crop', left: 10, top: 10, width: 80, height: 80 },
      { id: 'resize', width: 160 },
    ]);
    const { faces, report } = preprocess(randomFrame(200, 100), steps, { faces: [face] });
    const moved = faces![0]!;
    const back = (point: { x: number; y: number }) =>
      report.reduceRight((at, { transform }) => {
        assert.equal(transform?.kind, 'homography');
        return project(invert(transform.matrix), at);
      }, point);
    // In the mirror the eyes changed sides.
    const left = back(moved.landmarks.leftEye);
    assert.ok(Math.hypot(left.x - 40, left.y - 30) < 1e-6);
    const corner = back({ x: moved.box.x, y: moved.box.y });
    const isCorner = [10, 50].some((x) =>
      [15, 65].some((y) => Math.hypot(corner.x - x, corner.y - y) < 1e-6),
    );
    assert.ok(isCorner, `${corner.x}, ${corner.y}`);
    assert.equal(moved.quality.size, Math.min(moved.box.width, moved.box.height));
  });

  it('works on the smallest frames', () => {
    const face = faceWithEyes({ x: 0, y: 0 }, { x: 1, y: 1 });
    for (const { id } of OPERATIONS) {
      for (const [width, height] of [
        [1, 1],
        [2, 1],
        [1, 3],
      ] as const) {
        const { frame } = run(randomFrame(width, height), id, {}, [face]);
        assert.equal(frame.data.length, frame.width * frame.height * 3);
      }
    }
  });
});
