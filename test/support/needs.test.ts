import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requiredTools } from './needs';
import { ROOT } from './node-folder';

const SUITE = `
  const { leaveOut, needs } = require(${JSON.stringify(join(__dirname, 'needs'))});
  describe('a group', function () {
    before(function () { needs(this, 'chromium', 'no browser'); });
    it('runs', () => {});
  });
  it('a test', function () { needs(this, 'ffmpeg', 'no player'); });
  it('goes on', function () { leaveOut(this, 'node-av', 'no package'); });
  it('has all', function () { needs(this, 'openssl', undefined); });
`;

describe('tools that tests need', function () {
  this.timeout(120_000);

  function run(required: string): { status: number | null; out: string } {
    const folder = mkdtempSync(join(tmpdir(), 'arcflow-needs-'));
    try {
      const file = join(folder, 'suite.js');
      writeFileSync(file, SUITE);
      const mocha = join(ROOT, 'node_modules/mocha/bin/mocha.js');
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [mocha, '--no-config', '--require', require.resolve('ts-node/register'), file],
        { cwd: ROOT, encoding: 'utf8', env: { ...process.env, ARCFLOW_REQUIRE: required } },
      );
      return { status, out: stdout + stderr };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it('are left out aloud where they are missing, and named again at the end', () => {
    const { status, out } = run('');
    assert.equal(status, 0, out);
    assert.match(out, /2 passing[\s\S]*2 pending/);
    assert.match(out, /left out: no browser \(chromium: apt-get install chromium\)/);
    const end = out.slice(out.indexOf('Left out, because'));
    for (const line of ['chromium: a group', 'ffmpeg: a test', 'node-av: goes on'])
      assert.ok(end.includes(`\n  ${line}\n`), end);
  });

  it('fail the run where they are asked for', () => {
    for (const [required, failures] of [
      ['all', 3],
      ['ffmpeg', 1],
      ['chromium, node-av', 2],
    ] as const) {
      const { status, out } = run(required);
      assert.equal(status, failures, out);
      assert.match(out, /ARCFLOW_REQUIRE asks for/);
    }
  });

  it('are known by name', () => {
    assert.deepEqual(requiredTools(), []);
    assert.deepEqual(requiredTools('strace, camera'), ['strace', 'camera']);
    assert.throws(() => requiredTools('chrome'), /in ARCFLOW_REQUIRE but found chrome/);
    const all = requiredTools('all');
    assert.ok(all.includes('vulkan') && !all.includes('camera') && !all.includes('evaluation-data'));
  });
});
