import assert from 'node:assert/strict';
import sharp from 'sharp';
import { decodeImage } from '../../../lib/image/decode';
import { createFrame, type Frame } from '../../../lib/image/frame';
import { preprocess } from '../../../lib/preprocess/pipeline';
import { OPERATIONS, toSteps } from '../../../lib/preprocess/steps';
import { createRandom, integerBetween } from '../../../scripts/shared/random';
import { samplePhoto } from '../../support/images';

/** Repeatable noise around a slope: no level is missing, no two rows are alike. */
function picture(width = 48, height = 36): Frame {
  const frame = createFrame(width, height);
  const random = createRandom(7);
  for (let i = 0; i < frame.data.length; i++) {
    const slope = (200 * (Math.floor(i / 3) % width)) / width;
    frame.data[i] = Math.min(255, slope + integerBetween(random, 0, 55));
  }
  return frame;
}

const run = (frame: Frame, id: string, parameters: object = {}) =>
  preprocess(frame, toSteps([{ id, ...parameters }])).frame;
const at = ({ data, width }: Frame, x: number, y: number) => [
  ...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
];
const clamp = (value: number) => Math.max(0, Math.min(255, value));

/** Every level may be off by the rounding of one step. */
function assertLevels(
  actual: Frame,
  expected: (level: number, index: number) => number,
  source: Frame,
  tolerance = 1,
): void {
  source.data.forEach((level, index) => {
    const wanted = clamp(expected(level, index));
    assert.ok(
      Math.abs(actual.data[index]! - wanted) <= tolerance,
      `${index}: ${level} → ${actual.data[index]} ≠ ${wanted}`,
    );
  });
}

function channelMeans({ data }: Frame): number[] {
  return [0, 1, 2].map(
    (c) => data.filter((_, i) => i % 3 === c).reduce((sum, level) => sum + level, 0) / (data.length / 3),
  );
}

describe('preprocess: operations against their formulas', () => {
  const source = picture();

  it('brightness adds', () =>
    assertLevels(run(source, 'brightness', { offset: 40 }), (level) => level + 40, source));

  it('contrast stretches about middle grey', () =>
    assertLevels(run(source, 'contrast', { factor: 1.5 }), (level) => 127.5 + 1.5 * (level - 127.5), source));

  it('gamma follows the power law', () =>
    assertLevels(
      run(source, 'gamma', { mode: 'fixed', exponent: 0.5 }),
      (level) => 255 * Math.sqrt(level / 255),
      source,
    ));

  it('automatic gamma brings a dark picture to its target', () => {
    const dark = createFrame(64, 64);
    dark.data.forEach((_, i) => (dark.data[i] = 10 + (i % 40)));
    const [mean = 0] = channelMeans(run(dark, 'gamma', { target: 115 }));
    assert.ok(Math.abs(mean - 115) < 4, `${mean}`);
  });

  it('greyscale weighs the channels by Rec. 601', () =>
    assertLevels(
      run(source, 'greyscale'),
      (_, i) => {
        const pixel = i - (i % 3);
        return (
          0.299 * source.data[pixel]! + 0.587 * source.data[pixel + 1]! + 0.114 * source.data[pixel + 2]!
        );
      },
      source,
    ));

  it('saturation 0 is grey and 1 changes nothing', () => {
    const grey = run(source, 'saturation', { factor: 0 });
    assert.ok(grey.data.every((level, i) => Math.abs(level - grey.data[i - (i % 3)]!) <= 1));
    assertLevels(run(source, 'saturation', { factor: 1 }), (level) => level, source);
  });

  it('grey world makes the channels’ means equal', () => {
    const cast = picture();
    cast.data.forEach((level, i) => (cast.data[i] = level * [0.9, 0.7, 0.5][i % 3]!));
    const [red = 0, green = 0, blue = 0] = channelMeans(run(cast, 'grey-world'));
    assert.ok(Math.abs(red - green) < 2 && Math.abs(green - blue) < 2, `${red} ${green} ${blue}`);
  });

  it('equalise spreads the levels evenly', () => {
    const dull = createFrame(64, 64);
    for (let i = 0; i < 64 * 64; i++) dull.data.fill(100 + (i % 40), i * 3, i * 3 + 3);
    const { data } = run(dull, 'equalise');
    for (const share of [0.25, 0.5, 0.75]) {
      const below = data.filter((level) => level <= share * 255).length / data.length;
      assert.ok(Math.abs(below - share) < 0.05, `${share}: ${below}`);
    }
  });

  it('normalise reaches mean and deviation', () => {
    const { data } = run(source, 'normalise', { mean: 120, deviation: 40 });
    const mean = data.reduce((sum, level) => sum + level, 0) / data.length;
    assert.ok(Math.abs(mean - 120) < 3, `${mean}`);
  });

  it('stretch lays the percentiles onto black and white', () => {
    const { data } = run(source, 'stretch', { low: 0, high: 100 });
    assert.ok(Math.min(...data) <= 1 && Math.max(...data) >= 254);
  });

  it('CLAHE of a flat picture leaves it flat', () => {
    const flat = createFrame(64, 64);
    flat.data.fill(90);
    const { data } = run(flat, 'clahe');
    assert.ok(data.every((level) => level === data[0]));
  });

  it('median is the middle of each neighbourhood', () => {
    const result = run(source, 'median', { radius: 1 });
    for (let y = 1; y < source.height - 1; y++)
      for (let x = 1; x < source.width - 1; x++)
        for (let c = 0; c < 3; c++) {
          const around = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => at(source, x + dx, y + dy)[c]!));
          assert.equal(at(result, x, y)[c], around.sort((a, b) => a - b)[4]);
        }
  });

  it('Gaussian blur agrees with sharp’s', async () => {
    const { width, height } = source;
    const theirs = await sharp(source.data, { raw: { width, height, channels: 3 } })
      .blur(3)
      .raw()
      .toBuffer();
    const ours = run(source, 'gaussian', { sigma: 3 });
    const off = theirs.map((level, i) => Math.abs(level - ours.data[i]!));
    assert.ok(off.reduce((sum, value) => sum + value, 0) / off.length < 2);
  });

  it('sharpen strengthens an edge and leaves flat ground', () => {
    const edge = createFrame(40, 20);
    for (let i = 0; i < 40 * 20; i++) edge.data.fill(i % 40 < 20 ? 80 : 160, i * 3, i * 3 + 3);
    const result = run(edge, 'sharpen', { radius: 1, amount: 100, threshold: 0 });
    assert.ok(at(result, 19, 10)[0]! < 80 && at(result, 20, 10)[0]! > 160);
    assert.equal(at(result, 5, 10)[0], 80);
  });

  for (const id of ['bilateral', 'non-local-means']) {
    it(`${id} lowers noise and keeps an edge`, () => {
      const noisy = createFrame(40, 40);
      const random = createRandom(3);
      for (let i = 0; i < 1600; i++) {
        noisy.data.fill((i % 40 < 20 ? 60 : 190) + integerBetween(random, -10, 10), i * 3, i * 3 + 3);
      }
      const { data } = run(noisy, id);
      const spread = (pixels: Uint8Array) => {
        const levels = [...pixels].filter((_, i) => i % 3 === 0 && Math.floor(i / 3) % 40 < 15);
        const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length;
        return Math.sqrt(levels.reduce((sum, level) => sum + (level - mean) ** 2, 0) / levels.length);
      };
      assert.ok(spread(data) < 0.75 * spread(noisy.data), `${spread(data)} ${spread(noisy.data)}`);
      assert.ok(data[(20 * 40 + 30) * 3]! - data[(20 * 40 + 10) * 3]! > 110);
    });
  }
});

describe('preprocess: geometry', () => {
  const source = picture(20, 12);

  it('rotates by 90 degrees exactly', () => {
    const turned = run(source, 'rotate', { angle: 90 });
    assert.deepEqual([turned.width, turned.height], [12, 20]);
    for (const [x, y] of [
      [0, 0],
      [7, 3],
      [19, 11],
    ] as const)
      assert.deepEqual(at(turned, 11 - y, x), at(source, x, y));
  });

  it('flips exactly', () => assert.deepEqual(at(run(source, 'flip'), 3, 5), at(source, 16, 5)));

  it('crops exactly', () => {
    const part = run(source, 'crop', { left: 50, top: 50, width: 50, height: 50 });
    assert.deepEqual([part.width, part.height], [10, 6]);
    assert.deepEqual(at(part, 0, 0), at(source, 10, 6));
  });

  it('keeps the aspect when one side is given', () => {
    const half = run(source, 'resize', { width: 10 });
    assert.deepEqual([half.width, half.height], [10, 6]);
  });

  for (const id of ['perspective', 'lens']) {
    it(`${id} with neutral parameters changes nothing`, () =>
      assert.deepEqual(run(source, id).data, source.data));
  }
});

describe('preprocess: lists of steps', () => {
  it('never writes to the frame that it was given', () => {
    for (const { id, needsFaces = false } of OPERATIONS.filter(({ needsFaces }) => needsFaces !== true)) {
      const source = picture();
      const before = source.data.slice();
      assert.equal(needsFaces, false);
      preprocess(source, toSteps([{ id }, { id: 'brightness', offset: 5 }]));
      assert.deepEqual(source.data, before, id);
    }
  });

  it('names step, parameter and range', () => {
    assert.throws(() => toSteps([{ id: 'clahe', tiles: 99 }]), {
      message: 'Expected an integer between 1 and 31 for clahe.tiles but received 99',
    });
    assert.throws(() => toSteps([{ id: 'gamma', exponant: 1 }]), { message: /gamma/ });
    assert.throws(() => toSteps('auto'), { message: /a list of preprocessing steps/ });
  });

  it('says that a step needs faces', () => {
    assert.throws(() => preprocess(picture(), toSteps([{ id: 'upright' }])), {
      message: /upright needs faces/,
    });
    assert.equal(
      preprocess(picture(), toSteps([{ id: 'upright' }]), { faces: [] }).report[0]!.skipped,
      'no faces',
    );
  });
});

describe('preprocess: automatic', () => {
  /** All levels and balanced colours, changed by a camera. */
  function ordinary(change: (level: number, channel: number) => number): Frame {
    const frame = createFrame(160, 120);
    for (let i = 0; i < frame.data.length; i++) {
      const pixel = Math.floor(i / 3);
      const [x, y] = [pixel % 160, Math.floor(pixel / 160)];
      const level = 120 + 60 * Math.sin(x / 9) + 55 * Math.cos(y / 7) + ((x + y) % 2 === 0 ? 3 : -3);
      frame.data[i] = clamp(change(level, i % 3));
    }
    return frame;
  }
  const correctionsOf = (frame: Frame) =>
    preprocess(frame, toSteps([{ id: 'auto' }])).report[0]!.corrections!.map(
      ({ because }) => because.measure,
    );

  it('leaves an ordinary photograph alone', async () => {
    assert.deepEqual(correctionsOf(await decodeImage(samplePhoto(3), {}, { width: 640 })), []);
  });

  it('brightens a dark one and says why', () => {
    const dark = ordinary((level) => 255 * (level / 255) ** 3 * 0.5);
    assert.ok(correctionsOf(dark).includes('brightness'));
    const [mean = 0] = channelMeans(run(dark, 'auto'));
    assert.ok(mean > 1.5 * channelMeans(dark)[0]!);
  });

  it('restores contrast', () =>
    assert.ok(correctionsOf(ordinary((level) => 127 + 0.1 * (level - 127))).includes('contrast')));
});
