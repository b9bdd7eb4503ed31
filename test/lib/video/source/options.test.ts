import assert from 'node:assert/strict';
import { toVideoSettings, type VideoInput } from '../../../../lib/video/source/options';

const FILE: VideoInput = { kind: 'file', path: 'clip.mp4' };
const refusal = (message: string): object => ({ code: 'INVALID_ARGUMENT', message });

describe('toVideoSettings', () => {
  it('fills in defaults, also for options that are undefined', () => {
    const fromForm: { everyNth?: number } = { everyNth: undefined };
    const settings = toVideoSettings({ input: FILE, ...fromForm });
    assert.equal(settings.everyNth, 1);
    assert.equal(settings.hardware, 'none');
    assert.equal(settings.firstRetryMs, 1000);
    assert.equal(settings.longestRetryMs, 30_000);
  });

  const refused: [object, string][] = [
    [
      { input: { kind: 'tape' } },
      'Expected one of camera, stream, file, pictures for kind but received "tape"',
    ],
    [{ input: undefined }, 'Expected a video input { kind, … } for input but received undefined'],
    [{ input: { kind: 'camera', device: '' } }, 'Expected a non-empty string for device but received ""'],
    [{ input: { kind: 'file', path: ' ' } }, 'Expected a non-empty string for path but received " "'],
    [{ input: { ...FILE, pace: 'fast' } }, 'Expected one of real time, flow for pace but received "fast"'],
    [{ input: FILE, width: 0 }, 'Expected an integer between 16 and 16384 for width but received 0'],
    [{ input: FILE, everyNth: 1.5 }, 'Expected an integer between 1 and 10000 for everyNth but received 1.5'],
    [
      { input: FILE, maxFramesPerSecond: 0 },
      'Expected a number between 0.01 and 1000 for maxFramesPerSecond but received 0',
    ],
    [
      { input: FILE, stallAfterMs: -1 },
      'Expected a number between 10 and 86400000 for stallAfterMs but received -1',
    ],
    [{ input: FILE, decoderPath: '' }, 'Expected a non-empty string for decoderPath but received ""'],
  ];
  for (const [options, message] of refused) {
    it(message, () => {
      assert.throws(
        () => toVideoSettings(options as Parameters<typeof toVideoSettings>[0]),
        refusal(message),
      );
    });
  }

  it('does not repeat an address that it refuses, for it may hold a password', () => {
    assert.throws(
      () => toVideoSettings({ input: { kind: 'stream', url: 'admin:secret@camera/stream' } }),
      refusal('Expected an address such as rtsp://camera.local/stream for url but received "another text"'),
    );
  });
});
