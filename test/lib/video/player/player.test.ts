import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Frame } from '../../../../lib/image/frame';
import type { DecodedFrame } from '../../../../lib/video/decoder/frame-assembler';
import { Player } from '../../../../lib/video/player/player';

const LIVE = { paced: false, every: false, stoppable: false };
const EVERY = { paced: false, every: true, stoppable: true };

function decoded(n: number, width = 4, data: Uint8Array = new Uint8Array(width * 3)): DecodedFrame {
  data.fill(n);
  return { data, width, height: 1, seconds: n * 0.04 };
}

/** Frames as a decoder with a pipe gives them; counts how many were asked for. */
class Stream implements AsyncIterable<DecodedFrame> {
  given = 0;

  constructor(
    private readonly count: number,
    private readonly width: (n: number) => number = () => 4,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<DecodedFrame> {
    while (this.given < this.count) {
      await delay(1);
      const n = this.given++;
      yield decoded(n, this.width(n));
    }
  }
}

const takeOne = (player: Player): Promise<Frame> => new Promise((resolve) => player.take(resolve));
const forever = new AbortController().signal;

describe('Player', () => {
  it('gives every frame in order at the pace of the consumer, and makes the decoder wait', async () => {
    const player = new Player('clip', () => undefined);
    const stream = new Stream(10);
    const playing = player.play(stream, EVERY, forever);
    const numbers: number[] = [];
    for (let n = 0; n < 10; n++) {
      await delay(5);
      assert.ok(stream.given <= n + 2, 'one frame lies ready, one is on its way');
      const frame = await takeOne(player);
      numbers.push(frame.data[0]!);
      assert.deepEqual([frame.sequence, frame.source], [n, 'clip']);
    }
    await playing;
    assert.deepEqual(numbers, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const { received, sent, dropped } = player.statistics();
    assert.deepEqual({ received, sent, dropped }, { received: 10, sent: 10, dropped: 0 });
  });

  it('gives a slow consumer the newest frame, and counts the others', async () => {
    const player = new Player('camera', () => undefined);
    await player.play(new Stream(10), LIVE, forever);
    const frame = await takeOne(player);
    assert.equal(frame.data[0], 9);
    const { received, sent, dropped, width, height } = player.statistics();
    assert.deepEqual(
      { received, sent, dropped, width, height },
      { received: 10, sent: 1, dropped: 9, width: 4, height: 1 },
    );
  });

  it('uses the memory of frames that nobody took again, and never that of a frame that was taken', async () => {
    const player = new Player('camera', () => undefined);
    const memory = new Set<ArrayBufferLike>();
    const stream = (async function* () {
      for (let n = 0; n < 20; n++) {
        await delay(1);
        const data = player.allocate(12);
        memory.add(data.buffer);
        yield decoded(n, 4, data);
      }
    })();
    const first = takeOne(player);
    await player.play(stream, LIVE, forever);
    assert.equal((await first).data[0], 0, 'still the pixels of the first frame');
    assert.ok(memory.size <= 4, `${memory.size} pieces of memory for 20 frames`);
    for (const buffer of memory) assert.ok(buffer instanceof SharedArrayBuffer);
  });

  it('plays by the media clock', async () => {
    const player = new Player('clip', () => undefined);
    const begin = performance.now();
    await player.play(new Stream(6), { paced: true, every: false, stoppable: true }, forever);
    const elapsed = performance.now() - begin;
    assert.ok(elapsed >= 195, `5 periods of 40 ms took ${elapsed} ms`);
  });

  it('stamps frames that play faster than real time with their own time', async () => {
    const player = new Player('clip', () => undefined);
    const playing = player.play(new Stream(3), EVERY, forever);
    const stamps = [await takeOne(player), await takeOne(player), await takeOne(player)].map(
      ({ timestamp }) => timestamp,
    );
    await playing;
    assert.deepEqual(
      stamps.map((stamp) => Math.round(stamp - stamps[0]!)),
      [0, 40, 80],
    );
  });

  it('tells the size of the first frame and of each that differs', async () => {
    const sizes: string[] = [];
    const player = new Player('camera', (width, height) => sizes.push(`${width}x${height}`));
    await player.play(new Stream(6, (n) => (n < 3 ? 4 : 8)), LIVE, forever);
    assert.deepEqual(sizes, ['4x1', '8x1']);
  });

  it('stands still in a paused file, shows the frame it stands at, and goes on without a loss', async () => {
    const player = new Player('clip', () => undefined);
    const stream = new Stream(4);
    player.pause();
    const playing = player.play(stream, EVERY, forever);
    const first = takeOne(player);
    await delay(20);
    assert.equal(stream.given, 1);
    const snapshot = await new Promise<Frame>((resolve) => player.snapshot(resolve));
    assert.equal(snapshot.data[0], 0);
    player.resume();
    const numbers = [await first, await takeOne(player), await takeOne(player), await takeOne(player)].map(
      ({ data }) => data[0],
    );
    await playing;
    assert.deepEqual(numbers, [0, 1, 2, 3]);
    assert.notEqual(snapshot.data.buffer, (await first).data.buffer, 'a copy');
  });

  it('lets a paused camera go on unseen, without counting drops', async () => {
    const player = new Player('camera', () => undefined);
    player.pause();
    const taken = takeOne(player);
    await player.play(new Stream(10), LIVE, forever);
    assert.equal(player.statistics().dropped, 0);
    player.resume();
    assert.equal((await taken).data[0], 9);
  });

  it('takes a snapshot of the next frame of a camera', async () => {
    const player = new Player('camera', () => undefined);
    const playing = player.play(new Stream(5), LIVE, forever);
    const snapshot = await new Promise<Frame>((resolve) => player.snapshot(resolve));
    assert.equal(snapshot.data[0], 0);
    await playing;
    assert.equal((await takeOne(player)).data[0], 4, 'frames are taken as if nothing had been');
  });

  for (const [name, policy, prepare] of [
    ['waits for its consumer', EVERY, () => undefined],
    ['is paused', EVERY, (player: Player) => player.pause()],
    ['waits for its clock', { paced: true, every: false, stoppable: true }, () => undefined],
  ] as const) {
    it(`ends at once when it is aborted while it ${name}`, async () => {
      const player = new Player('clip', () => undefined);
      const controller = new AbortController();
      prepare(player);
      // The second frame is due in eight seconds.
      const stream = Readable.from([decoded(0), decoded(200), decoded(201)]);
      const playing = player.play(stream, policy, controller.signal);
      await delay(10);
      controller.abort();
      await playing;
      const { received, sent, dropped } = player.statistics();
      assert.ok(received - sent - dropped <= 1);
    });
  }
});
