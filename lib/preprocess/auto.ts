/**
 * Automatic correction: measures the frame and takes only the steps that answer a measure out of bounds. An ordinary
 * photograph passes unchanged; a bad camera's fault is undone rather than painted over, because the networks were
 * trained on ordinary photographs.
 */
import type { Parameter, Value, Values } from '../core/parameters';
import type { Frame } from '../image/frame';
import { measure, type Measures } from './measure';
import { operation, type Context, type Correction, type Operation } from './operation';
import { bilateral } from './operations/bilateral';
import { clahe } from './operations/clahe';
import { exponentFor, gamma } from './operations/gamma';
import { whiteBalance } from './operations/white-balance';
import { normalise } from './operations/normalise';
import { sharpen } from './operations/sharpen';
import { extremeHistograms } from '../pixels/histogram';

/** A step and its parameters, chosen for one frame. */
interface Remedy {
  readonly step: string;
  readonly parameters: Readonly<Record<string, Value>>;
  readonly apply: (frame: Frame, context: Context) => Frame;
}

/**
 * The bounds lie in the far tails of 1380 ordinary photographs and video frames (LFW in two forms, press and sports
 * photographs, group pictures, clips), so that hardly any of those is touched.
 */
interface Rule {
  readonly name: 'brightness' | 'backlight' | 'contrast' | 'colour' | 'noise' | 'sharpness';
  readonly value: (measures: Measures) => number;
  readonly bound: number;
  readonly fault: 'below' | 'above';
  readonly remedy: (frame: Frame, measures: Measures) => Remedy;
}

/** What ordinary photographs have on average, rounded: what a corrected frame shall have. Levels. */
const ORDINARY = { brightness: 100, mean: 100, contrast: 60 };
/** More brightening than this undoes gamma 3, and shows little but noise. */
const LEAST_EXPONENT = 1 / 3;
/** No contrast and no channel is multiplied with more. */
const MOST_GAIN = 8;
/** From the noise of the luminance to how different colours may be that noise alone makes differ. */
const COLOUR_PER_NOISE = 6;

/** Light before colour, colour before detail: each is measured after what came before it. */
const RULES: readonly Rule[] = [
  {
    name: 'brightness',
    value: ({ brightness }) => brightness,
    // 3 % of the ordinary photographs are darker; they only become a little brighter.
    bound: 65,
    fault: 'below',
    remedy: (frame) => {
      const exponent = exponentFor(extremeHistograms(frame).strongest, ORDINARY.brightness);
      return take(gamma, {
        mode: 'fixed',
        exponent: Math.min(1, Math.max(LEAST_EXPONENT, exponent)),
        target: ORDINARY.mean,
      });
    },
  },
  {
    name: 'backlight',
    value: ({ backlight }) => backlight,
    // Stops. Two of 900 ordinary photographs have more: dark suits in a bright room.
    bound: 1.25,
    fault: 'above',
    remedy: () => take(clahe, { tiles: 8, clipLimit: 4 }),
  },
  {
    name: 'contrast',
    value: ({ contrast }) => contrast,
    // The least of the ordinary photographs: 22.9.
    bound: 20,
    fault: 'below',
    remedy: () => take(normalise, { mean: ORDINARY.mean, deviation: ORDINARY.contrast, maxGain: MOST_GAIN }),
  },
  {
    name: 'colour',
    value: ({ cast }) => Math.hypot(cast.red, cast.blue),
    // Stops. 0.2 % of the ordinary photographs have more, 0.5 % more than 0.6.
    bound: 0.75,
    fault: 'above',
    remedy: (_, { cast, means }) => {
      const [red, green, blue] = [2 ** -cast.red, 1, 2 ** -cast.blue];
      // The mean level stays, so that the gains clip little and amplify little noise.
      const before = means.red + means.green + means.blue;
      const after = red * means.red + green * means.green + blue * means.blue;
      const limited = (gain: number): number => Math.min(MOST_GAIN, (gain * before) / after);
      return take(whiteBalance, {
        mode: 'gains',
        red: limited(red),
        green: limited(green),
        blue: limited(blue),
        temperature: 6500,
        tint: 0,
      });
    },
  },
  {
    name: 'noise',
    value: ({ noise }) => noise,
    // The most of the ordinary photographs: 4.3.
    bound: 6,
    fault: 'above',
    remedy: (_, { noise }) =>
      take(bilateral, { sigmaSpace: 1.5, sigmaColour: Math.min(255, COLOUR_PER_NOISE * noise) }),
  },
  {
    name: 'sharpness',
    value: ({ sharpness }) => sharpness,
    // The least of the ordinary photographs: 0.07.
    bound: 0.07,
    fault: 'below',
    remedy: () => take(sharpen, { radius: 2, amount: 150, threshold: 0 }),
  },
];

export const auto = operation({
  id: 'auto',
  // Which faults it may correct. Against noise it takes a bilateral filter, which is slow.
  parameters: [
    { name: 'brightness', type: 'boolean', default: true },
    { name: 'backlight', type: 'boolean', default: true },
    { name: 'contrast', type: 'boolean', default: true },
    { name: 'colour', type: 'boolean', default: true },
    { name: 'noise', type: 'boolean', default: true },
    { name: 'sharpness', type: 'boolean', default: true },
  ],
  apply(source, allowed, context) {
    const corrections: Correction[] = [];
    let frame = source;
    let measures = measure(frame);
    const { brightness, mean, contrast, saturation, noise, sharpness, backlight } = measures;
    const found = { brightness, mean, contrast, saturation, noise, sharpness, backlight };
    for (const { name, value, bound, fault, remedy } of RULES) {
      const found = value(measures);
      const isOut = fault === 'below' ? found < bound : found > bound;
      if (!allowed[name] || !isOut) continue;
      const { step, parameters, apply } = remedy(frame, measures);
      frame = apply(frame, context);
      measures = measure(frame);
      corrections.push({ step, parameters, because: { measure: name, value: found, bound } });
    }
    return { frame, found, corrections };
  },
});

function take<P extends readonly Parameter[]>(
  chosen: Operation<P>,
  values: Values<P> & Readonly<Record<string, Value>>,
): Remedy {
  return {
    step: chosen.id,
    parameters: values,
    apply: (frame, context) => chosen.apply(frame, values, context).frame,
  };
}
