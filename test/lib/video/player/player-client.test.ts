import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { PlayerClient, type PlayerEntry } from '../../../../lib/video/player/player-client';
import type { Pictures, PlayJob } from '../../../../lib/video/player/player-messages';
import { numberedJpeg, testFolder } from '../support';
import { needsLinux } from '../../../support/needs';

const SETTINGS = { label: 'test', connectWithinMs: 5000, stallAfterMs: 5000, statisticsEveryMs: 1000 };

describe('PlayerClient', () => {
  const folder = testFolder();
  const picture = join(folder.path, 'picture.jpg');
  before(async () => writeFile(picture, await numberedJpeg(1)));
  after(() => folder.remove());

  function client(entry: PlayerEntry = 'pictures-worker'): PlayerClient<Pictures> {
    const ignore = (): void => undefined;
    return new PlayerClient(entry, SETTINGS, { onFrame: ignore, onPlaying: ignore, onStatistics: ignore });
  }

  const job = (...paths: string[]): PlayJob<Pictures> => ({
    from: { paths, framesPerSecond: 25 },
    paced: false,
    every: false,
    stoppable: true,
  });

  it('closes without a thread that is inside native code, which then ends by itself', async function () {
    needsLinux(this); // Windows has no named pipes in folders.
    // Who opens a named pipe waits for its other end, inside the system.
    const pipe = join(folder.path, 'pipe.jpg');
    execFileSync('mkfifo', [pipe]);
    const player = client();
    const playing = player.play(job(pipe));
    await player.close();
    assert.equal(player.alive, false);
    assert.deepEqual(await playing, { frames: 0, error: 'the video thread is busy' });
    assert.deepEqual(await player.play(job(pipe)), { frames: 0, error: 'the video thread was closed' });
    const other = await open(pipe, 'w');
    await other.write(await numberedJpeg(1));
    await other.close();
    // Left alone, the thread takes its end and goes.
    await (player as unknown as { exited: Promise<void> }).exited;
  });

  it('ends a thread whose message cannot be read, and says why', async () => {
    const player = client();
    const fault = new Error('Unable to deserialize cloned data');
    // As Node.js tells it; what would cause it depends on the version of V8.
    (player as unknown as { worker: Worker }).worker.emit('messageerror', fault);
    const { error } = await player.play(job(...Array.from({ length: 50 }, () => picture)));
    assert.equal(error, `the video thread ended: ${fault.message}`);
    assert.equal(player.alive, false);
  });
});
