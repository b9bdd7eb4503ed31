import assert from 'node:assert/strict';
import { toDecoderInput } from '../../../../lib/video/decoder/decoder-input';
import { FormatChoice } from '../../../../lib/video/source/format-choice';
import type { Outcome } from '../../../../lib/video/player/player-messages';

const UNREADABLE = 'Invalid data found when processing input';

/** Plays a camera that answers each way of reading it in turn, and tells the ways that were tried. */
async function play(
  choice: FormatChoice,
  url: string,
  ...answers: Outcome[]
): Promise<{ tried: unknown[]; outcome: Outcome }> {
  const input = toDecoderInput({ kind: 'stream', url }, 1000);
  const tried: unknown[] = [];
  const outcome = await choice.play(input, () => {
    tried.push(choice.apply(input).format ?? 'own');
    return Promise.resolve(answers.shift()!);
  });
  assert.deepEqual(answers, [], 'every answer was asked for');
  return { tried, outcome };
}

describe('FormatChoice', () => {
  const url = 'http://camera/stream';
  const failed = (error: string): Outcome => ({ frames: 0, error });

  it('reads JPEG after JPEG where the stream cannot be read otherwise, and keeps to it', async () => {
    const choice = new FormatChoice();
    const first = await play(choice, url, failed(UNREADABLE), { frames: 9 });
    assert.deepEqual(first, { tried: ['own', 'mjpeg'], outcome: { frames: 9 } });
    assert.deepEqual((await play(choice, url, failed('Connection refused'))).tried, ['mjpeg']);
    assert.deepEqual((await play(choice, url, { frames: 1 })).tried, ['mjpeg']);
  });

  it('keeps to what it knows, and the first reason, where nothing can be read', async () => {
    const choice = new FormatChoice();
    const { tried, outcome } = await play(choice, url, failed(UNREADABLE), failed('it holds no picture'));
    assert.deepEqual([tried, outcome.error], [['own', 'mjpeg'], UNREADABLE]);
    assert.deepEqual((await play(choice, url, { frames: 1 })).tried, ['own']);
  });

  it('stays with the only way of an FFmpeg that lacks the other', async () => {
    const choice = new FormatChoice();
    const { outcome } = await play(choice, url, failed(UNREADABLE), failed('Protocol not found'));
    assert.equal(outcome.error, UNREADABLE);
    assert.deepEqual((await play(choice, url, { frames: 1 })).tried, ['own']);
  });

  it('leaves a way that shows nothing any more', async () => {
    const choice = new FormatChoice();
    await play(choice, url, failed('Output file does not contain any stream'), { frames: 1 });
    assert.deepEqual((await play(choice, url, failed('no picture for 20 s'))).tried, ['mjpeg']);
    assert.deepEqual((await play(choice, url, { frames: 1 })).tried, ['own']);
  });

  it('tries one way only with playlists, and with what is not HTTP', async () => {
    for (const other of ['http://camera/live.m3u8', 'rtsp://camera/stream'])
      assert.deepEqual((await play(new FormatChoice(), other, failed(UNREADABLE))).tried, ['own']);
  });
});
