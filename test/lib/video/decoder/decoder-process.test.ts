import assert from 'node:assert/strict';
import type { DecoderCommand } from '../../../../lib/video/decoder/decoder-command';
import { decodeFrames, type DecodeOptions } from '../../../../lib/video/decoder/decoder-process';
import type { DecodedFrame } from '../../../../lib/video/decoder/frame-assembler';
import { isRunning } from '../support';

/** A decoder written on one line: `say` announces a frame of 2 × 1 pixels, `show` writes one. */
const HELP = `
  const say = (n) => process.stderr.write('[Parsed_showinfo_1 @ 0x1] [info] n:' + n + ' pts:' + n + ' pts_time:' + n + ' s:2x1 \\n');
  const show = (n) => process.stdout.write(Buffer.alloc(6, n));
`;
const decoder = (script: string, over: Partial<DecoderCommand> = {}): DecoderCommand => ({
  command: process.execPath,
  args: ['-e', HELP + script],
  stdin: '',
  lifeline: false,
  secrets: [],
  ...over,
});

describe('decodeFrames', () => {
  let pids: number[] = [];
  const options = (over: Partial<DecodeOptions> = {}): DecodeOptions => ({
    connectWithinMs: 10_000,
    stallAfterMs: 10_000,
    allocate: (bytes) => new Uint8Array(bytes),
    onProcess: (pid) => pid !== undefined && pids.push(pid),
    signal: new AbortController().signal,
    ...over,
  });

  async function play(command: DecoderCommand, over: Partial<DecodeOptions> = {}): Promise<DecodedFrame[]> {
    const frames: DecodedFrame[] = [];
    for await (const frame of decodeFrames(command, options(over))) frames.push(frame);
    return frames;
  }

  beforeEach(() => (pids = []));
  afterEach(function () {
    if (process.platform === 'linux') assert.ok(!pids.some(isRunning), 'the decoder is gone');
  });

  it('pairs pixels with what the log says of them', async () => {
    const frames = await play(decoder('for (let n = 0; n < 3; n++) { say(n); show(n); }'));
    assert.deepEqual(
      frames.map(({ data, width, height, seconds }) => [data[5], data.length, width, height, seconds]),
      [0, 1, 2].map((n) => [n, 6, 2, 1, n]),
    );
  });

  it('waits for a log that is later than the pixels', async () => {
    assert.equal((await play(decoder('show(1); setTimeout(say, 100, 0);'))).length, 1);
  });

  it('forgets a frame that was cut off, and names no size it was not told', async () => {
    assert.equal(
      (await play(decoder('say(0); show(0); say(1); process.stdout.write(Buffer.alloc(3))'))).length,
      1,
    );
    await assert.rejects(play(decoder('show(0)')), {
      code: 'SOURCE_UNAVAILABLE',
      message: 'it holds no picture',
    });
  });

  const failures: [name: string, command: DecoderCommand, message: string, over?: Partial<DecodeOptions>][] =
    [
      [
        'a decoder that is not there',
        decoder('', { command: '/no/such/decoder' }),
        'the decoder cannot be started (spawn /no/such/decoder ENOENT)',
      ],
      ['a decoder that crashes', decoder('process.exit(3)'), 'the decoder ended with code 3'],
      [
        'a decoder that says why',
        decoder('console.error("[tcp @ 0x1] [error] rtsp://host/x: No route to host"); process.exitCode = 1'),
        'No route to host',
      ],
      [
        'a decoder that repeats the password',
        decoder('console.error("[error] Redirected to secret"); process.exitCode = 1', {
          secrets: ['secret'],
        }),
        'Redirected to ***',
      ],
      ['an empty stream', decoder(''), 'it holds no picture'],
      [
        'a camera that never shows a picture',
        decoder('setInterval(() => 0, 1000)'),
        'no picture for 0.3 s',
        { connectWithinMs: 300 },
      ],
      [
        'a camera that stalls',
        decoder('say(0); show(0); setInterval(() => 0, 1000)'),
        'no picture for 0.2 s',
        { stallAfterMs: 200 },
      ],
    ];
  for (const [name, command, message, over] of failures) {
    it(`tells of ${name}`, () =>
      assert.rejects(play(command, over), { code: 'SOURCE_UNAVAILABLE', message }));
  }

  it('does not take a consumer that needs its time for a stall', async () => {
    const frames = decodeFrames(
      decoder('say(0); show(0); say(1); show(1);'),
      options({ stallAfterMs: 1000 }),
    );
    await frames.next();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.equal((await frames.next()).done, false);
    assert.equal((await frames.next()).done, true);
  });

  it('ends a decoder that does not listen, when it is aborted', async () => {
    const controller = new AbortController();
    const stubborn = decoder('process.on("SIGTERM", () => 0); say(0); show(0); setInterval(() => 0, 1000)');
    const frames = decodeFrames(stubborn, options({ signal: controller.signal }));
    await frames.next();
    controller.abort();
    assert.equal((await frames.next()).done, true);
  });

  it('ends a decoder that nobody wants any more', async () => {
    for await (const frame of decodeFrames(
      decoder('for (let n = 0; ; n++) { say(n); show(n); }'),
      options(),
    )) {
      if (frame.seconds === 5) break;
    }
  });

  it('gives the decoder its input', async () => {
    const echo = decoder(
      'process.stdin.on("data", (d) => { say(0); show(Number(d)); }).on("end", () => process.exit(0))',
      {
        stdin: '7',
      },
    );
    assert.equal((await play(echo))[0]!.data[0], 7);
  });
});
