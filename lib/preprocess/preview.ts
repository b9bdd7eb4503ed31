/** What the editor shows beside a list of steps: a small picture, its histogram, and a picture to try steps on. */
import { CHANNELS, createFrame, type Frame } from '../image/frame';
import { luminanceHistogram } from '../pixels/histogram';

const BINS = 64;
const LEVELS_PER_BIN = 256 / BINS;

/** Luminance histogram in 64 bins, the fullest bin being 1. */
export function previewHistogram(frame: Frame): number[] {
  const levels = luminanceHistogram(frame);
  const bins = Array.from({ length: BINS }, (_, bin) => {
    const start = bin * LEVELS_PER_BIN;
    return levels.subarray(start, start + LEVELS_PER_BIN).reduce((sum, count) => sum + count, 0);
  });
  const fullest = Math.max(...bins);
  return bins.map((count) => count / fullest);
}

const CARD = { width: 480, height: 320 };
/** Skin tones from the Macbeth ColorChecker (patches 1 and 2) between grey steps and pure colours. */
const PATCHES = [
  [115, 82, 68],
  [194, 150, 130],
  [230, 60, 50],
  [70, 150, 70],
  [50, 70, 170],
  [231, 199, 31],
] as const;

/** A test card: grey ramp, colour patches, fine stripes and a disc. Used where no frame has passed yet. */
export function testCard(): Frame {
  const frame = createFrame(CARD.width, CARD.height, { source: 'test card' });
  for (let y = 0; y < CARD.height; y++) {
    for (let x = 0; x < CARD.width; x++) {
      frame.data.set(cardColour(x / CARD.width, y / CARD.height, x), (y * CARD.width + x) * CHANNELS);
    }
  }
  return frame;
}

/** @param u, v place on the card, 0..1 */
function cardColour(u: number, v: number, x: number): readonly [number, number, number] {
  if (v < 0.25) return grey(255 * u);
  if (v < 0.6) return PATCHES[Math.floor(u * PATCHES.length)]!;
  if (u < 0.5) return grey(Math.floor(x / Math.max(1, Math.ceil(6 * (1 - 2 * u)))) % 2 === 0 ? 60 : 190);
  const inDisc = Math.hypot((u - 0.75) * CARD.width, (v - 0.8) * CARD.height) < 0.17 * CARD.height;
  return inDisc ? [205, 160, 135] : grey(90 + 60 * v);
}

function grey(value: number): readonly [number, number, number] {
  return [value, value, value];
}
