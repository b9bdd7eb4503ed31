/** How long each preprocessing step takes on one thread, beside sharp's own operation where it has one. */
import path from 'node:path';
import sharp from 'sharp';
import { decodeImage } from '../lib/image/decode';
import { CHANNELS, type Frame } from '../lib/image/frame';
import type { Face } from '../lib/core/face';
import { preprocess } from '../lib/preprocess/pipeline';
import { toSteps } from '../lib/preprocess/steps';

export interface StepTiming {
  /** The step and what was set. */
  readonly step: string;
  /** The best of the runs, milliseconds. */
  readonly ms: number;
  readonly sharpMs?: number;
}

const WIDTH = 1280;
const HEIGHT = 720;
const WARM_UP = 3;
const RUNS = 40;
/** A slow step is run until it has taken this long. Milliseconds. */
const PATIENCE = 2000;

interface Case {
  readonly id: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly sharp?: (image: sharp.Sharp) => sharp.Sharp;
}

const CASES: readonly Case[] = [
  { id: 'auto' },
  { id: 'gamma', sharp: (image) => image.gamma(2) },
  { id: 'brightness', parameters: { offset: 20 }, sharp: (image) => image.linear(1, 20) },
  { id: 'retinex' },
  { id: 'retinex', parameters: { scales: 'multiple' } },
  { id: 'homomorphic' },
  { id: 'grey-world' },
  { id: 'white-patch' },
  {
    id: 'white-balance',
    parameters: { temperature: 4000 },
    sharp: (image) => image.linear([0.8, 1, 1.5], [0, 0, 0]),
  },
  { id: 'saturation', parameters: { factor: 1.5 }, sharp: (image) => image.modulate({ saturation: 1.5 }) },
  { id: 'greyscale', sharp: (image) => image.greyscale() },
  { id: 'contrast', parameters: { factor: 1.5 }, sharp: (image) => image.linear(1.5, -64) },
  { id: 'equalise' },
  { id: 'clahe', sharp: (image) => image.clahe({ width: WIDTH / 8, height: HEIGHT / 8, maxSlope: 2 }) },
  { id: 'stretch', sharp: (image) => image.normalise({ lower: 1, upper: 99 }) },
  { id: 'normalise' },
  { id: 'match-reference', parameters: { saturation: 40, sharpness: 0.3 } },
  { id: 'gaussian', parameters: { sigma: 1 }, sharp: (image) => image.blur(1) },
  { id: 'gaussian', parameters: { sigma: 10 }, sharp: (image) => image.blur(10) },
  { id: 'median', parameters: { radius: 1 }, sharp: (image) => image.median(3) },
  { id: 'median', parameters: { radius: 2 }, sharp: (image) => image.median(5) },
  { id: 'bilateral' },
  { id: 'non-local-means' },
  { id: 'sharpen', sharp: (image) => image.sharpen({ sigma: 1 }) },
  { id: 'rotate', parameters: { angle: 90 }, sharp: (image) => image.rotate(90) },
  { id: 'rotate', parameters: { angle: 10, canvas: 'keep' }, sharp: (image) => image.rotate(10) },
  { id: 'flip', sharp: (image) => image.flop() },
  {
    id: 'crop',
    parameters: { left: 25, top: 25, width: 50, height: 50 },
    sharp: (image) =>
      image.extract({ left: WIDTH / 4, top: HEIGHT / 4, width: WIDTH / 2, height: HEIGHT / 2 }),
  },
  { id: 'resize', sharp: (image) => image.resize(640, 360, { kernel: 'linear' }) },
  {
    id: 'perspective',
    parameters: {
      corners: [
        { x: 5, y: 0 },
        { x: 95, y: 5 },
        { x: 100, y: 100 },
        { x: 0, y: 95 },
      ],
    },
  },
  { id: 'lens', parameters: { k1: -0.2, k2: 0.03 } },
  { id: 'upright' },
];

/** A tilted face, for the step that turns it upright. */
const FACE: Face = {
  box: { x: 500, y: 200, width: 200, height: 250 },
  confidence: 1,
  landmarks: {
    leftEye: { x: 560, y: 280 },
    rightEye: { x: 640, y: 310 },
    nose: { x: 590, y: 340 },
    mouthLeft: { x: 540, y: 370 },
    mouthRight: { x: 610, y: 395 },
  },
  quality: { size: 200, yaw: 0, pitch: 0, roll: 20 },
};

/**
 * Every step at 1280 × 720, on a photograph; sharp on one thread too, from raw pixels to raw pixels. Once any buffer of
 * a thread has been detached, V8 checks for that at every access to every typed array. In the engine's worker the
 * detector's growing memory has always done so before long: what counts is the time after it.
 */
export async function benchPreprocess(): Promise<StepTiming[]> {
  const frame = await photograph();
  detachBuffer();
  const concurrency = sharp.concurrency();
  sharp.concurrency(1);
  try {
    const timings: StepTiming[] = [];
    for (const { id, parameters = {}, sharp: operation } of CASES) {
      const steps = toSteps([{ id, ...parameters }]);
      const ms = await best(() => preprocess(frame, steps, { faces: [FACE] }));
      const sharpMs = operation && (await best(() => operation(raw(frame)).raw().toBuffer()));
      const settings = Object.entries(parameters)
        .filter(([, value]) => typeof value !== 'object')
        .map(([name, value]) => `${name} ${String(value)}`);
      timings.push({ step: [id, ...settings].join(' '), ms, ...(sharpMs !== undefined && { sharpMs }) });
    }
    return timings;
  } finally {
    sharp.concurrency(concurrency);
  }
}

function detachBuffer(): void {
  const buffer = new ArrayBuffer(1);
  structuredClone(buffer, { transfer: [buffer] });
}

async function photograph(): Promise<Frame> {
  const demo = path.dirname(require.resolve('@vladmandic/face-api/package.json'));
  const photo = sharp(path.join(demo, 'demo', 'sample2.jpg')).resize(WIDTH, HEIGHT, { fit: 'cover' });
  return decodeImage(await photo.png().toBuffer());
}

function raw({ data, width, height }: Frame): sharp.Sharp {
  return sharp(data, { raw: { width, height, channels: CHANNELS } });
}

/** Milliseconds of the fastest of some runs, after some more that let the compiler settle. */
async function best(work: () => unknown): Promise<number> {
  let least = Infinity;
  const started = performance.now();
  for (let run = 0; run < WARM_UP + RUNS && performance.now() - started < PATIENCE; run++) {
    const begun = performance.now();
    await work();
    least = Math.min(least, performance.now() - begun);
  }
  return least;
}
