/** What bad cameras do to a photograph, as pure functions, for the evaluation of preprocessing. */
import { CHANNELS, type Frame } from '../../lib/image/frame';
import { gaussianBlur } from '../../lib/pixels/gaussian';
import { asImage, frameLike } from '../../lib/pixels/image';
import { applyTable, applyTables, gainTable, tableOf } from '../../lib/pixels/table';
import { placesOfHomography, warp } from '../../lib/pixels/warp';
import { about, rotation } from '../../lib/geometry/transform';
import { TOP_LEVEL, toLevel } from '../../lib/pixels/levels';
import { createRandom, gaussian } from '../shared/random';

export type Degradation = (frame: Frame) => Frame;

const GAMMA = 3;
const CONTRAST = 0.15;
/** Light of a warm bulb, seen by a camera that is set to daylight. */
const CAST = { red: 1, green: 0.6, blue: 0.2 };
/** Standard deviations: of the blur in pixels, of the noise in levels. */
const BLUR = 2;
const NOISE = 25;
const TILT = 30;
/** What is left of the light in the middle of the frame, and what the window behind adds at its border. */
const SHADE = 0.15;
const GLARE = 120;

/** An underexposed camera: level → 255 · (level / 255)³. */
export const darkGamma3: Degradation = (frame) =>
  throughTable(frame, (level) => TOP_LEVEL * (level / TOP_LEVEL) ** GAMMA);

/** Fog, or a dirty lens: all levels are drawn towards the middle. */
export const lowContrast: Degradation = (frame) => {
  const middle = TOP_LEVEL / 2;
  return throughTable(frame, (level) => middle + CONTRAST * (level - middle));
};

export const colourCast: Degradation = (frame) => {
  const result = frameLike(frame);
  applyTables(frame, result, [gainTable(CAST.red), gainTable(CAST.green), gainTable(CAST.blue)]);
  return result;
};

export const blur: Degradation = (frame) => {
  const result = frameLike(frame);
  gaussianBlur(asImage(frame), asImage(result), BLUR);
  return result;
};

/** Independent Gaussian noise in every channel; the same for the same size of frame. */
export const noise: Degradation = (frame) => {
  const result = frameLike(frame);
  const random = createRandom(1);
  frame.data.forEach((level, i) => (result.data[i] = toLevel(level + NOISE * gaussian(random))));
  return result;
};

/** A camera that hangs askew: clockwise about the centre; the corners that come in are black. */
export const tilt30: Degradation = (frame) => {
  const result = frameLike(frame);
  const centre = { x: frame.width / 2, y: frame.height / 2 };
  warp(frame, result, placesOfHomography(about(centre, rotation(TILT))));
  return result;
};

/** Somebody before a bright window: dark in the middle of the frame, glare towards its border. */
export const backlight: Degradation = (frame) => {
  const { width, height } = frame;
  const result = frameLike(frame);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const fromCentre = Math.min(1, Math.hypot((2 * (x + 0.5)) / width - 1, (2 * (y + 0.5)) / height - 1));
      const light = SHADE + (1 - SHADE) * fromCentre ** 3;
      for (let c = 0; c < CHANNELS; c++, i++) {
        result.data[i] = toLevel(light * frame.data[i]! + GLARE * fromCentre ** 3);
      }
    }
  }
  return result;
};

/** By name; JPEG at quality 15 needs an encoder and is the caller's. */
export const DEGRADATIONS: Readonly<Record<string, Degradation>> = {
  darkGamma3,
  lowContrast,
  colourCast,
  blur,
  noise,
  tilt30,
  backlight,
};

function throughTable(frame: Frame, formula: (level: number) => number): Frame {
  const result = frameLike(frame);
  applyTable(frame, result, tableOf(formula));
  return result;
}
