import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Frame } from '../../../../lib/image/frame';
import {
  VideoSource,
  type VideoSourceOptions,
  type VideoState,
} from '../../../../lib/video/source/video-source';
import {
  childrenOf,
  CLIP_RATE,
  DECODERS,
  needsDecoder,
  nextState,
  numberedJpeg,
  numberOf,
  testFolder,
  writeClip,
} from '../support';

const FRAMES = 50;

/** Takes frames until none comes or so many are there. */
async function collect(source: VideoSource, count = Infinity): Promise<Frame[]> {
  const frames: Frame[] = [];
  while (frames.length < count) {
    const frame = await source.take();
    if (!frame) break;
    frames.push(frame);
  }
  return frames;
}

const numbers = (count: number, step = 1): number[] => Array.from({ length: count }, (_, n) => n * step);

describe('VideoSource with files', () => {
  const folder = testFolder();
  const clip = join(folder.path, 'numbered.mjpeg');
  const sources: VideoSource[] = [];
  const open = (options: VideoSourceOptions): VideoSource => {
    const source = new VideoSource(options);
    sources.push(source);
    return source;
  };

  const file = (over: object = {}, options: object = {}): VideoSource =>
    open({ input: { kind: 'file', path: clip, pace: 'flow', ...over }, ...options });

  before(() => writeClip(clip, FRAMES));
  afterEach(() => Promise.all(sources.splice(0).map((source) => source.close())));
  after(() => folder.remove());

  it('goes on when a listener fails, and makes it known', async () => {
    const source = file();
    const warned = once(process, 'warning') as Promise<Error[]>;
    source.once('state', () => {
      throw new Error('Nobody listens');
    });
    const ended = nextState(source, 'ended');
    await source.start();
    assert.equal((await collect(source)).length, FRAMES);
    await ended;
    assert.equal((await warned)[0]?.message, `A listener of the source ${clip} failed: Nobody listens`);
  });

  for (const decoderPath of DECODERS) {
    describe(`decoded by ${decoderPath}`, () => {
      before(async function () {
        await needsDecoder(this, decoderPath);
      });

      it('gives every frame of a clip, in order, in shared memory, and then ends', async () => {
        const source = file({}, { decoderPath });
        const states: VideoState['state'][] = [];
        source.on('state', ({ state }) => states.push(state));
        const ended = nextState(source, 'ended');
        await source.start();
        const frames = await collect(source);
        assert.deepEqual(frames.map(numberOf), numbers(FRAMES));
        assert.deepEqual(
          frames.map(({ sequence }) => sequence),
          numbers(FRAMES),
        );
        for (const { data, width, height, source: label } of frames) {
          assert.deepEqual([data.length, width, height, label], [160 * 120 * 3, 160, 120, clip]);
          assert.ok(data.buffer instanceof SharedArrayBuffer);
        }
        assert.equal(Math.round(frames[10]!.timestamp - frames[0]!.timestamp), (10 * 1000) / CLIP_RATE);
        assert.deepEqual(await ended, { state: 'ended' });
        assert.deepEqual(states, ['connecting', 'connected', 'ended']);
        assert.equal(await source.take(), undefined);
      });

      it('scales, keeping the aspect, takes every n-th frame and limits the rate', async () => {
        const source = file({}, { decoderPath, width: 80, everyNth: 2, maxFramesPerSecond: 5 });
        await source.start();
        const frames = await collect(source);
        assert.deepEqual([frames[0]!.width, frames[0]!.height], [80, 60]);
        // 25 frames at 12.5 a second, of which the limit lets 5 a second pass, and one ahead.
        assert.ok(frames.length >= 10 && frames.length <= 12, `${frames.length} frames`);
        assert.ok(frames.every((frame) => numberOf(frame) % 2 === 0));
      });

      it('goes to another place', async () => {
        const source = file({}, { decoderPath });
        await source.start();
        await collect(source, 3);
        source.seek(1);
        const rest = (await collect(source)).map(numberOf);
        // The frame that lay ready before the seek may still come first.
        const from = rest.indexOf(CLIP_RATE);
        assert.ok(from >= 0 && from <= 1, rest.join(' '));
        assert.deepEqual(rest.slice(from), numbers(FRAMES).slice(CLIP_RATE));
      });

      it('says why a file cannot be played', async () => {
        const path = join(folder.path, 'text.mp4');
        writeFileSync(path, 'This is no video. '.repeat(100));
        const source = file({ path }, { decoderPath });
        const ended = nextState(source, 'ended');
        await source.start();
        assert.equal(await source.take(), undefined);
        const { reason, error } = await ended;
        assert.equal(reason, 'Invalid data found when processing input');
        assert.equal(error?.message, `The source ${path} cannot be read: ${reason}`);
        assert.equal(error.code, 'SOURCE_UNAVAILABLE');
      });

      it('decodes on the hardware that is here, and names the one that was chosen and is not', async () => {
        const auto = file({}, { decoderPath, hardware: 'auto' });
        await auto.start();
        assert.equal((await collect(auto)).length, FRAMES);

        const elsewhere = process.platform === 'darwin' ? 'd3d11va' : 'videotoolbox';
        const source = file({}, { decoderPath, hardware: elsewhere });
        const ended = nextState(source, 'ended');
        await source.start();
        assert.equal(await source.take(), undefined);
        assert.match(
          (await ended).reason ?? '',
          new RegExp(`^decoding on ${elsewhere} does not work here \\(.+\\); "auto"`),
        );
      });

      it('plays an animated GIF', async () => {
        const gif = join(folder.path, 'animated.gif');
        const pages = await Promise.all(Array.from({ length: 12 }, (_, n) => numberedJpeg(n)));
        await sharp(pages, { join: { animated: true } })
          .gif({ delay: pages.map(() => 40) })
          .toFile(gif);
        const source = file({ path: gif }, { decoderPath });
        await source.start();
        const frames = await collect(source);
        assert.deepEqual(frames.map(numberOf), numbers(12));
        assert.deepEqual([frames[0]!.width, frames[0]!.height], [160, 120]);
      });
    });
  }

  it('loops', async () => {
    const source = file({ loop: true });
    const states: VideoState['state'][] = [];
    source.on('state', ({ state }) => states.push(state));
    await source.start();
    const frames = await collect(source, FRAMES + 10);
    assert.deepEqual(frames.map(numberOf), [...numbers(FRAMES), ...numbers(10)]);
    for (const [n, { timestamp }] of frames.slice(1).entries()) assert.ok(timestamp > frames[n]!.timestamp);
    assert.deepEqual(states, ['connecting', 'connected'], 'once, not in every loop');
  });

  it('stands still while paused, and shows where', async () => {
    const source = file();
    await source.start();
    await collect(source, 3);
    source.pause();
    assert.equal(source.state.state, 'paused');
    const taken = source.take();
    const snapshot = await source.snapshot();
    assert.equal(numberOf(snapshot), 3);
    source.resume();
    assert.equal(numberOf((await taken)!), 3);
    assert.equal(numberOf((await source.take())!), 4);
    assert.equal(source.state.state, 'connected');
  });

  it('shows another place while paused, and stays paused', async () => {
    const source = file({ pace: 'real time' });
    await source.start();
    await source.take();
    source.pause();
    source.seek(1.2);
    const held = source.take();
    let snapshot = await source.snapshot();
    for (let tries = 0; numberOf(snapshot) < 30 && tries < 50; tries++) snapshot = await source.snapshot();
    assert.equal(numberOf(snapshot), 30);
    assert.equal(source.state.state, 'paused');
    source.resume();
    assert.equal(numberOf((await held)!), 30);
  });

  it('gives several pictures of a stopped source at once', async () => {
    const source = file();
    const pictures = await Promise.all([source.snapshot(), source.snapshot(), source.snapshot()]);
    assert.deepEqual(pictures.map(numberOf), [0, 0, 0]);
    assert.equal(source.state.state, 'stopped');
  });

  it('gives one picture of a stopped source, and leaves it stopped', async () => {
    const source = file();
    assert.equal(numberOf(await source.snapshot()), 0);
    assert.equal(source.state.state, 'stopped');
    assert.deepEqual(childrenOf(process.pid), []);
  });

  it('plays in real time, drops what a slow flow cannot take, and counts it', async () => {
    const source = file({ pace: 'real time' }, { statisticsEveryMs: 500 });
    const statistics: { received: number; sent: number; dropped: number }[] = [];
    source.on('statistics', (counts) => statistics.push(counts));
    await source.start();
    let taken = 0;
    for (; await source.take(); taken++) await new Promise((resolve) => setTimeout(resolve, 200));
    const { received, sent, dropped } = statistics.at(-1)!;
    assert.equal(received, FRAMES);
    assert.equal(sent, taken);
    assert.ok(received - sent - dropped <= 1, 'all counted but one that may lie ready');
    assert.ok(dropped > 0, 'a flow that takes five frames a second cannot have had all of them');
  });

  it('does not repeat frames to reach a higher rate', async () => {
    const source = file({}, { maxFramesPerSecond: 60 });
    await source.start();
    assert.deepEqual((await collect(source)).map(numberOf), numbers(FRAMES));
  });

  it('refuses a file that is not there before anything starts', async () => {
    const source = open({ input: { kind: 'file', path: join(folder.path, 'none.mp4') } });
    await assert.rejects(source.start(), {
      code: 'SOURCE_UNAVAILABLE',
      message: `The video file ${join(folder.path, 'none.mp4')} cannot be read`,
    });
    assert.equal(await source.take(), undefined);
    assert.equal(source.state.state, 'stopped');
  });

  it('refuses a decoder that is not there', async () => {
    const source = open({ input: { kind: 'file', path: clip }, decoderPath: '/no/ffmpeg' });
    await assert.rejects(source.start(), { code: 'DECODER_MISSING' });
  });
});

describe('VideoSource with pictures', () => {
  const folder = testFolder();
  after(() => folder.remove());

  it('plays the images of a folder in the order in which a person counts', async () => {
    for (const n of [10, 9, 2, 1])
      writeFileSync(join(folder.path, `frame${n}.jpg`), await numberedJpeg(n, 160, 40 + n));
    writeFileSync(join(folder.path, 'notes.txt'), 'no image');
    const source = new VideoSource({
      input: { kind: 'pictures', folder: folder.path, pace: 'flow' },
      width: 80,
      label: 'frames',
    });
    await source.start();
    const frames = await collect(source);
    assert.deepEqual(frames.map(numberOf), [1, 2, 9, 10]);
    assert.deepEqual(
      frames.map(({ width, height }) => [width, height]),
      [
        [80, 21],
        [80, 21],
        [80, 25],
        [80, 25],
      ],
    );
    assert.ok(frames.every((frame) => frame.source === 'frames'));
    await source.close();
  });

  it('scales to both sides as asked', async () => {
    const source = new VideoSource({
      input: { kind: 'pictures', folder: folder.path },
      width: 64,
      height: 48,
    });
    const { width, height, data } = await source.snapshot();
    assert.deepEqual([width, height, data.length], [64, 48, 64 * 48 * 3]);
    await source.close();
  });

  it('goes to another place, and loops', async () => {
    const source = new VideoSource({
      input: { kind: 'pictures', folder: folder.path, pace: 'flow', loop: true, framesPerSecond: 1 },
    });
    await source.start();
    await source.take();
    source.seek(2);
    const seen = (await collect(source, 7)).map(numberOf).join(' ');
    assert.match(seen, /^(2 )?9 10 1 2 9 10/);
    await source.close();
  });

  it('refuses a folder without images', async () => {
    const empty = testFolder();
    const source = new VideoSource({ input: { kind: 'pictures', folder: empty.path } });
    await assert.rejects(source.start(), {
      code: 'INVALID_ARGUMENT',
      message: `The folder ${empty.path} holds no images`,
    });
    empty.remove();
  });

  it('refuses to seek in a camera', () => {
    const source = new VideoSource({ input: { kind: 'camera', device: '/dev/video99' } });
    assert.throws(() => source.seek(1), {
      message: 'Expected a file or a folder for a source to seek in but received "camera"',
    });
  });
});
