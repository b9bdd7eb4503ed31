import assert from 'node:assert/strict';
import { ensureBuilt } from '../../support/built';
import { held } from './support';

const TRIAL_MS = 240_000;

describe('endure deploys, stops', function () {
  this.timeout(TRIAL_MS);
  before(ensureBuilt);

  it('deploys while models load and while a clip plays', async () => {
    const result = await held('deploys', '--count', '16');
    assert.deepEqual([result['deploys'], result['crashes'], result['stopsOk']], [16, 0, 1]);
    assert.ok(Number(result['frames']) > 0);
    assert.ok(Number(result['whileLoading']) > 0);
    for (const name of ['descriptors', 'threads', 'rssMb']) assert.ok(name in result, name);
  });

  it('stops', async () => {
    const { stops, crashes, ok, killed } = await held('stops', '--count', '4');
    assert.deepEqual({ stops, crashes, ok, killed }, { stops: 4, crashes: 0, ok: 4, killed: 0 });
  });
});
