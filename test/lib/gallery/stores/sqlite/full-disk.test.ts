import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { removeTemporaryDirectories, temporaryDirectory } from '../../support';
import { needs } from '../../../../support/needs';

const run = promisify(execFile);

/** Runs a script with a small disk of its own as its argument: a mount that nobody else sees. */
async function onSmallDisk(script: string): Promise<unknown> {
  const disk = await temporaryDirectory();
  const mountAndRun =
    'mount -t tmpfs -o size=20m none "$0" && exec "$1" --require ts-node/register "$2" "$0"';
  const { stdout } = await run('unshare', [
    ...['--map-root-user', '--mount', 'sh', '-c', mountAndRun],
    ...[disk, process.execPath, script],
  ]);
  return JSON.parse(stdout);
}

async function canMount(): Promise<boolean> {
  try {
    await run('unshare', ['--map-root-user', '--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt']);
    return true;
  } catch {
    return false;
  }
}

describe('a store on a full disk', () => {
  before(async function () {
    needs(this, 'unshare', (await canMount()) ? undefined : 'unshare cannot mount a small disk here');
  });
  after(removeTemporaryDirectories);

  it('takes nobody in, but erases people, and takes its reserve back', async () => {
    assert.deepEqual(await onSmallDisk(join(__dirname, 'fill-disk.ts')), {
      reserved: 4 * 2 ** 20,
      enrolled: 'STORE_UNAVAILABLE disk full',
      removedOne: 'done',
      reopened: 'done',
      removedMany: 'done',
      left: ['Ben'],
      enrolledLater: 'done',
      restored: 4 * 2 ** 20,
      found: ['Ben'],
    });
  });
});
