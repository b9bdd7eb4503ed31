import assert from 'node:assert/strict';
import { ArcFlowError } from '../../../lib/core/errors';
import type { Provider } from '../../../lib/inference/provider-names';
import { chooseProvider, providersOf } from '../../../lib/inference/providers';

/** Milliseconds by provider; what is not listed does not run. */
const machine = (speeds: Partial<Record<Provider, number>>) => (provider: Provider) => {
  const ms = speeds[provider];
  return ms === undefined
    ? Promise.reject(new Error(`${provider} library not found\nsecond line`))
    : Promise.resolve(ms);
};

describe('inference: choice of the execution provider', () => {
  it('tries the fast ones of the platform first and the CPU last', () => {
    assert.deepEqual(providersOf('auto', 'linux'), ['cuda', 'webgpu', 'cpu']);
    assert.deepEqual(providersOf('auto', 'darwin'), ['coreml', 'webgpu', 'cpu']);
    assert.deepEqual(providersOf('auto', 'aix'), ['cpu']);
    assert.deepEqual(providersOf('webgpu', 'linux'), ['webgpu']);
  });

  it('goes on with the next provider and says why', async () => {
    const chosen = await chooseProvider('auto', machine({ webgpu: 2, cpu: 10 }), 'linux');
    assert.equal(chosen.provider, 'webgpu');
    assert.deepEqual(chosen.attempts, [
      { provider: 'cuda', reason: 'cuda library not found' },
      { provider: 'webgpu' },
    ]);
  });

  it('does not take a GPU that is a slow imitation', async () => {
    const chosen = await chooseProvider('auto', machine({ webgpu: 500, cpu: 10 }), 'linux');
    assert.equal(chosen.provider, 'cpu');
    assert.deepEqual(chosen.attempts[1], {
      provider: 'webgpu',
      reason: 'runs, but 50.0 times slower than cpu',
    });
  });

  it('tells the reason without the source paths that come with it', async () => {
    const cause = new Error(
      '/src/webgpu.cc:136 Initialize(Config&)::<lambda()> status == Success was false. No adapter',
    );
    const trial = (provider: Provider) =>
      provider === 'cpu'
        ? Promise.resolve(1)
        : Promise.reject(new Error('cannot load /models/a.onnx', { cause }));
    const { attempts } = await chooseProvider('auto', trial, 'darwin');
    assert.deepEqual(attempts[0], { provider: 'coreml', reason: 'No adapter' });
  });

  it('takes an explicit choice however slow it is', async () => {
    assert.equal(
      (await chooseProvider('webgpu', machine({ webgpu: 500, cpu: 10 }), 'linux')).provider,
      'webgpu',
    );
  });

  it('refuses an explicit choice that does not run, and says what to install', async () => {
    await assert.rejects(chooseProvider('cuda', machine({ cpu: 10 }), 'linux'), (error: unknown) => {
      assert.ok(error instanceof ArcFlowError);
      assert.equal(error.code, 'PROVIDER_UNAVAILABLE');
      assert.match(
        error.message,
        /cuda is not available here: cuda library not found\. Install an NVIDIA driver/,
      );
      return true;
    });
  });
});
