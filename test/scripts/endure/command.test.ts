import assert from 'node:assert/strict';
import { endure } from '../../../scripts/endure/command';
import type { Outcome, Trial } from '../../../scripts/endure/trial';
import { ensureBuilt } from '../../support/built';
import { run } from './support';

const RESULT: Outcome = {
  result: { tries: 3, crashes: 0 },
  summary: [{ label: 'tries', value: '3' }],
  broken: [],
};

/** The command with one trial that ends in a certain way. */
async function runWith(outcome: () => Promise<Outcome>, ...args: string[]) {
  const trial: Trial = {
    name: 'tries',
    help: 'try something',
    counts: { what: 'tries', usual: 3, most: 10 },
    options: [],
    run: outcome,
  };
  let out = '';
  let error = '';
  const code = await endure(['tries', ...args], [trial], {
    out: { write: (text) => (out += text) },
    error: { write: (text) => (error += text) },
  });
  return { code, out, error };
}

describe('endure', () => {
  before(function () {
    this.timeout(240_000);
    ensureBuilt();
  });

  it('lists its trials', async () => {
    const { code, out } = await run('--help');
    assert.equal(code, 0);
    for (const name of ['deploys', 'stops', 'kills', 'inputs', 'damage', 'reconnects', 'soak'])
      assert.match(out, new RegExp(`^  ${name} +\\S`, 'm'));
  });

  it('lists the options of a trial', async () => {
    const { code, out } = await run('soak', '--help');
    assert.equal(code, 0);
    assert.match(out, /--minutes M.*default 5/);
    assert.match(out, /--clip FILE/);
  });

  for (const [args, sentence] of [
    [['plagues'], /There is no trial plagues; there are deploys, /],
    [['kills', '--count', 'many'], /Expected a number between 1 and 100000 for --count but received "many"/],
    [['kills', '--count', '1.5'], /Expected an integer between 1 and 100000 for --count but received "1.5"/],
    [['kills', '--clip', 'x'], /Unknown option '--clip'/],
    [['kills', '7'], /Did not expect "7": every value follows an option/],
    [['deploys', '--clip', 'no-such-clip.mp4'], /there is no file no-such-clip\.mp4/],
  ] as const) {
    it(`refuses ${args.join(' ')}`, async () => {
      const { code, out, error } = await run(...args);
      assert.equal(code, 2);
      assert.equal(out, '');
      assert.match(error, sentence);
      assert.match(error, /Try: npm run --silent endure -- /);
    });
  }

  it('says without a trial how it is called', async () => {
    const { code, out, error } = await run();
    assert.deepEqual([code, out], [2, '']);
    assert.match(error, /^Usage: /);
  });

  it('ends with 0 when it held', async () => {
    const { code, out } = await runWith(() => Promise.resolve(RESULT), '--json', '--seed', '7');
    assert.equal(code, 0);
    const { seconds, ...result } = JSON.parse(out) as Record<string, unknown>;
    assert.deepEqual(result, { tries: 3, crashes: 0, seed: 7, broken: [] });
    assert.equal(typeof seconds, 'number');
  });

  it('ends with 1 when something broke, and says what', async () => {
    const broken = ['The first went wrong\nand this is why'];
    const json = await runWith(() => Promise.resolve({ ...RESULT, broken }), '--json');
    assert.equal(json.code, 1);
    assert.deepEqual((JSON.parse(json.out) as { broken: string[] }).broken, broken);
    const text = await runWith(() => Promise.resolve({ ...RESULT, broken }));
    assert.equal(text.code, 1);
    assert.match(text.out, /1 broke:\n {2}- The first went wrong\n {4}and this is why\n/);
  });

  it('ends with 1 when it could not be carried out', async () => {
    const { code, out, error } = await runWith(() => Promise.reject(new Error('no camera')));
    assert.deepEqual([code, out, error], [1, '', 'no camera\n']);
  });
});
