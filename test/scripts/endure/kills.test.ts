import assert from 'node:assert/strict';
import { ensureBuilt } from '../../support/built';
import { held } from './support';

const TRIAL_MS = 240_000;

describe('endure kills, damage', function () {
  this.timeout(TRIAL_MS);
  before(ensureBuilt);

  it('keeps what was acknowledged, nothing by halves, and nothing of who was erased', async () => {
    const { kills, acknowledged, lost, halfWritten, unerased, looked } = await held('kills', '--count', '30');
    assert.deepEqual(
      { kills, lost, halfWritten, unerased },
      { kills: 30, lost: 0, halfWritten: 0, unerased: 0 },
    );
    assert.ok(Number(acknowledged) > 30, String(acknowledged));
    // Whoever is there is found in the files: so would be whoever was not erased.
    for (const times of Object.values(looked as Record<string, number>)) assert.ok(times > 0);
  });

  it('reports damage, and answers nothing wrong', async () => {
    const result = await held('damage', '--count', '50');
    const { damaged, dead, silentWrong, emptied } = result;
    assert.deepEqual(
      { damaged, dead, silentWrong, emptied },
      { damaged: 50, dead: 0, silentWrong: 0, emptied: 0 },
    );
    assert.ok(Number(result['reported']) > 0 && Number(result['readable']) > 0, JSON.stringify(result));
  });
});
