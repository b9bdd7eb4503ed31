import assert from 'node:assert/strict';
import { DecoderLog } from '../../../../lib/video/decoder/decoder-log';
import { formatFrameInfo, parseFrameInfo } from '../../../../lib/video/decoder/frame-info';

const V5 =
  '[Parsed_showinfo_1 @ 0x55fb] [info] n:   7 pts:   6000 pts_time:0.0666667 pos:       -1 fmt:rgb24 sar:1/1 s:640x360 i:P iskey:1 type:I ';
const V7 =
  '[Parsed_showinfo_1 @ 0x7f01] [info] n:   0 pts: 480000 pts_time:0.4     duration:  48000 duration_time:0.04    fmt:rgb24 cl:center sar:1/1 s:1280x720 i:P iskey:1 type:I ';

describe('parseFrameInfo', () => {
  it('reads size and time from the log of FFmpeg 5 and 7', () => {
    assert.deepEqual(parseFrameInfo(V5), { width: 640, height: 360, seconds: 0.0666667 });
    assert.deepEqual(parseFrameInfo(V7), { width: 1280, height: 720, seconds: 0.4 });
  });

  it('finds the frame in a line that another message begins', () => {
    assert.equal(parseFrameInfo(`[h264 @ 0x1] [error] concealing 12 DC ${V5}`)?.width, 640);
  });

  it('knows a frame without a time stamp', () => {
    assert.equal(parseFrameInfo(V5.replace('0.0666667', 'NOPTS'))?.seconds, undefined);
  });

  it('takes other lines for nothing', () => {
    for (const line of [
      '',
      '[info] Output #0, rawvideo, to pipe:1',
      '[Parsed_showinfo_1 @ 0x1] [info] config in time_base: 1/90000',
    ])
      assert.equal(parseFrameInfo(line), undefined);
  });

  it('reads what formatFrameInfo writes', () => {
    for (const info of [
      { width: 16, height: 9, seconds: 1.5 },
      { width: 16, height: 9, seconds: undefined },
    ])
      assert.deepEqual(parseFrameInfo(formatFrameInfo(3, info)), info);
  });
});

describe('DecoderLog', () => {
  const plain = (text: string): string => text;

  it('gives frame sizes in their order, however early or late they are asked for', async () => {
    const log = new DecoderLog(plain);
    log.line(V5);
    log.line(V7);
    assert.equal((await log.next())?.width, 640);
    assert.equal((await log.next())?.width, 1280);
    const late = log.next();
    log.line(V5);
    assert.equal((await late)?.width, 640);
  });

  it('ends who waits when the log ends', async () => {
    const log = new DecoderLog(plain);
    const waiting = log.next();
    log.end();
    assert.equal(await waiting, undefined);
    assert.equal(await log.next(), undefined);
  });

  const reasons: Record<string, [lines: string[], reason: string | undefined]> = {
    'a refused login through a list (5.1)': [
      [
        '[rtsp @ 0x55] [error] method DESCRIBE failed: 401 Unauthorized',
        "[concat @ 0x55] [error] Impossible to open 'rtsp://u:p@127.0.0.1/cam'",
        '[error] pipe:0: Server returned 401 Unauthorized (authorization failed)',
      ],
      'Server returned 401 Unauthorized (authorization failed)',
    ],
    'a refused connection (7.0)': [
      [
        '[in#0 @ 0x35] [error] Error opening input: Connection refused',
        '[error] Error opening input file pipe:0.',
        '[fatal] Error opening input files: Connection refused',
      ],
      'Connection refused',
    ],
    'a refused connection (5.1)': [
      ['[error] http://127.0.0.1:8080/video.mjpg: Connection refused'],
      'Connection refused',
    ],
    'a file that is none': [
      ['[error] file:/clips/a: b/clip.mp4: Invalid data found when processing input'],
      'Invalid data found when processing input',
    ],
    'nothing but information': [
      ['[info] Stream mapping:', '[warning] deprecated pixel format used'],
      undefined,
    ],
  };
  for (const [name, [lines, reason]] of Object.entries(reasons)) {
    it(`names the reason: ${name}`, () => {
      const log = new DecoderLog(plain);
      for (const line of lines) log.line(line);
      assert.equal(log.reason, reason);
    });
  }

  it('redacts the reason', () => {
    const log = new DecoderLog((text) => text.replace('secret', '***'));
    log.line('[error] Redirected to rtsp://u:secret@camera');
    assert.equal(log.reason, 'Redirected to rtsp://u:***@camera');
  });
});
