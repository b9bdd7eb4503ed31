import assert from 'node:assert/strict';
import { ensureBuilt } from '../../support/built';
import { held } from './support';

const TRIAL_MS = 240_000;

describe('endure inputs, reconnects, soak', function () {
  this.timeout(TRIAL_MS);
  before(ensureBuilt);

  it('answers every input, and the good one after it', async () => {
    const result = await held('inputs', '--count', '120');
    const { inputs, crashes, hung, silent } = result;
    assert.deepEqual({ inputs, crashes, hung, silent }, { inputs: 120, crashes: 0, hung: 0, silent: 0 });
    assert.equal(result['recovered'], result['checks']);
    assert.ok(Number(result['outputs']) > 0 && Number(result['errors']) > 0, JSON.stringify(result));
  });

  it('has the pictures of a camera back after each failure', async () => {
    const { reconnects, recovered, crashes } = await held('reconnects', '--count', '8');
    assert.deepEqual({ reconnects, recovered, crashes }, { reconnects: 8, recovered: 8, crashes: 0 });
  });

  it('plays on', async () => {
    const result = await held('soak', '--minutes', '0.2');
    assert.deepEqual([result['minutes'], result['crashes'], result['errors']], [0.2, 0, 0]);
    assert.ok(Number(result['frames']) > 0 && Number(result['events']) > 0, JSON.stringify(result));
  });
});
