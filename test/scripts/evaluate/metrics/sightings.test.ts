import assert from 'node:assert/strict';
import { describeRuns, sightings } from '../../../../scripts/evaluate/metrics/sightings';

describe('sightings', () => {
  it('counts a person in every second with at least one frame, and each frame once', () => {
    const at = (time: number, person: string | null, similarity: number) => ({ time, person, similarity });
    const seen = sightings(
      ['ada', 'bob'],
      [
        at(0.2, 'ada', 0.5),
        at(2.9, 'ada', 0.4),
        at(2.1, 'ada', 0.7),
        at(2.1, 'ada', 0.6),
        at(2.1, null, 0.2),
      ],
    );
    assert.deepEqual(seen, [
      {
        person: 'ada',
        seconds: [0, 2],
        frames: 3,
        best: 0.7,
        bySecond: [
          { second: 0, frames: 1, best: 0.5 },
          { second: 2, frames: 2, best: 0.7 },
        ],
      },
      { person: 'bob', seconds: [], frames: 0, best: -1, bySecond: [] },
    ]);
  });

  it('joins neighbouring seconds', () => {
    assert.equal(describeRuns([0, 1, 2, 5, 7, 8]), '0–2, 5, 7–8');
    assert.equal(describeRuns([]), '');
  });
});
