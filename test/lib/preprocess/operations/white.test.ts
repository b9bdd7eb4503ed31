import assert from 'node:assert/strict';
import { assertClose, channelMeans, frameOf, photograph, pixel, randomFrame, run } from '../support';

describe('white-balance', () => {
  it('leaves a frame under neutral light as it is', async () => {
    const frame = await photograph(60, 40);
    assertClose(run(frame, 'white-balance', { temperature: 6500 }).frame.data, frame.data, 0);
  });

  it('turns a white card under a light bulb grey', () => {
    // CIE illuminant A (2856 K) in linear sRGB, from its tristimulus values X 1.0985, Y 1, Z 0.3558.
    const light = [1.8453, 0.8263, 0.2333].map((value) => Math.round(150 * value ** (1 / 2.2)));
    const card = frameOf(4, 4, () => [light[0]!, light[1]!, light[2]!]);
    const [red = 0, green = 0, blue = 0] = pixel(
      run(card, 'white-balance', { temperature: 2856 }).frame,
      1,
      1,
    );
    assert.ok(Math.abs(red - green) < 5 && Math.abs(blue - green) < 8, `${red} ${green} ${blue}`);
  });

  it('warms under cold light and takes green away with tint', () => {
    const grey = frameOf(2, 2, () => [100, 100, 100]);
    const [red = 0, green = 0, blue = 0] = pixel(
      run(grey, 'white-balance', { temperature: 10_000, tint: 50 }).frame,
      0,
      0,
    );
    assert.ok(red > 100 && blue < 100 && green < 100, `${red} ${green} ${blue}`);
  });

  it('multiplies the channels with given gains', () => {
    const frame = frameOf(2, 1, () => [100, 60, 200]);
    const gains = { mode: 'gains', red: 0.5, green: 1.5, blue: 2 };
    assert.deepEqual(pixel(run(frame, 'white-balance', gains).frame, 0, 0), [50, 90, 255]);
  });
});

describe('white-patch', () => {
  it('lays each channel’s percentile onto white', () => {
    const frame = frameOf(10, 10, (x, y) => [y * 10 + x, 2 * (y * 10 + x), 50 + y * 10 + x]);
    const { frame: result, report } = run(frame, 'white-patch', { percentile: 90 });
    // Of 100 different levels the 90th from below: 89, 178, 139.
    assert.deepEqual(pixel(result, 9, 8), [255, 255, 255]);
    const found = report[0]!.found!;
    assert.ok(Math.abs(found['red']! - 255 / 89) < 1e-9 && Math.abs(found['blue']! - 255 / 139) < 1e-9);
  });

  it('multiplies an almost black channel by no more than it may, and an empty one not at all', () => {
    const frame = frameOf(8, 8, () => [51, 2, 0]);
    assert.deepEqual(pixel(run(frame, 'white-patch').frame, 0, 0), [255, 16, 0]);
    const { frame: result, report } = run(frame, 'white-patch', { maxGain: 3 });
    assert.deepEqual(pixel(result, 0, 0), [153, 6, 0]);
    assert.deepEqual(report[0]!.found, { red: 3, green: 3, blue: 1 });
  });

  it('goes part of the way', () => {
    const frame = frameOf(3, 3, () => [100, 200, 250]);
    assert.deepEqual(pixel(run(frame, 'white-patch', { strength: 50 }).frame, 1, 1), [178, 228, 253]);
  });
});

describe('grey-world', () => {
  it('keeps the mean level and makes the channels’ means equal', () => {
    const frame = randomFrame(40, 40, 20, 80);
    frame.data.forEach((level, i) => (frame.data[i] = Math.round(level * [1.4, 1, 0.6][i % 3]!)));
    const before = channelMeans(frame);
    const after = channelMeans(run(frame, 'grey-world').frame);
    const level = (before[0]! + before[1]! + before[2]!) / 3;
    for (const value of after) assert.ok(Math.abs(value - level) < 0.5, `${value} ≠ ${level}`);
  });

  it('multiplies an almost empty channel by no more than it may', () => {
    const frame = frameOf(8, 8, () => [200, 100, 2]);
    assert.deepEqual(pixel(run(frame, 'grey-world', { maxGain: 3 }).frame, 0, 0), [101, 101, 6]);
  });
});
