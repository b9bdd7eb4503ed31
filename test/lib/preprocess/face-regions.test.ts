import assert from 'node:assert/strict';
import type { Face } from '../../../lib/core/face';
import { preprocessFaces } from '../../../lib/preprocess/face-regions';
import { toSteps } from '../../../lib/preprocess/steps';
import { faceWithEyes, frameOf, pixel } from './support';

/** A face of 40 × 50 pixels. */
function faceAt(x: number, y: number): Face {
  return faceWithEyes({ x: x + 10, y: y + 15 }, { x: x + 30, y: y + 15 });
}

describe('preprocessFaces', () => {
  const frame = frameOf(300, 100, (x) => (x < 150 ? [60, 60, 60] : [120, 120, 120]));

  it('says of each step which face it worked on', () => {
    const faces = [faceAt(200, 20), faceAt(-500, 20), faceAt(30, 20)];
    const steps = toSteps([
      { id: 'gamma', target: 90 },
      { id: 'brightness', offset: 5 },
    ]);
    const { report } = preprocessFaces(frame, steps, faces);
    // The second face lies outside the frame: it has no region, and the third keeps its place in the list.
    assert.deepEqual(
      report.map(({ id, face }) => [id, face]),
      [
        ['gamma', 0],
        ['brightness', 0],
        ['gamma', 2],
        ['brightness', 2],
      ],
    );
    const [bright, , dark] = report.map(({ found }) => found?.['exponent'] ?? NaN);
    assert.ok(bright! > 1 && dark! < 1);
  });

  it('changes the regions alone, each by itself, and leaves the source', () => {
    const before = frame.data.slice();
    const { frame: result } = preprocessFaces(frame, toSteps([{ id: 'gamma', target: 90 }]), [
      faceAt(200, 20),
      faceAt(30, 20),
    ]);
    for (const x of [50, 220]) assert.ok(Math.abs(pixel(result, x, 45)[0]! - 90) <= 1);
    assert.deepEqual(pixel(result, 150, 45), pixel(frame, 150, 45));
    assert.deepEqual(frame.data, before);
  });

  it('refuses steps that move pixels', () => {
    assert.throws(() => preprocessFaces(frame, toSteps([{ id: 'rotate' }]), []), {
      message: /The step rotate moves pixels and cannot work on face regions/,
    });
  });
});
