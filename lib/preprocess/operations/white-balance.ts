/** Removes the colour of the light: by its temperature, or by a factor for each channel. */
import { operation } from '../operation';
import { applyTables, gainTable } from '../../pixels/table';

type Rgb = readonly [red: number, green: number, blue: number];

/** The white point of sRGB, to within what the eye sees: a frame under this light stays as it is. Kelvin. */
const NEUTRAL = 6500;
/** Gains belong to light; stored levels follow it with about this power (IEC 61966-2-1). */
const ENCODING = 1 / 2.2;
/** A tint of 100 percent is this many stops of green. */
const STOPS_OF_TINT = 0.5;

const gain = (name: 'red' | 'green' | 'blue') =>
  ({
    name,
    type: 'number',
    min: 0.1,
    max: 10,
    default: 1,
    unit: 'factor',
    when: { parameter: 'mode', is: 'gains' },
  }) as const;

export const whiteBalance = operation({
  id: 'white-balance',
  parameters: [
    { name: 'mode', type: 'choice', choices: ['temperature', 'gains'], default: 'temperature' },
    // Of the light in the scene: candles 2000, bulbs 2800, noon 5500, shade 8000.
    {
      name: 'temperature',
      type: 'number',
      min: 2000,
      max: 12_000,
      default: NEUTRAL,
      unit: 'kelvin',
      when: { parameter: 'mode', is: 'temperature' },
    },
    // Positive takes green away, as for fluorescent tubes; negative adds it.
    {
      name: 'tint',
      type: 'number',
      min: -100,
      max: 100,
      default: 0,
      unit: 'percent',
      when: { parameter: 'mode', is: 'temperature' },
    },
    gain('red'),
    gain('green'),
    gain('blue'),
  ],
  apply(source, values, context) {
    const [red, green, blue] =
      values.mode === 'gains'
        ? [values.red, values.green, values.blue]
        : temperatureGains(values.temperature, values.tint);
    const frame = context.inPlace(source);
    applyTables(source, frame, [gainTable(red), gainTable(green), gainTable(blue)]);
    return { frame, found: { red, green, blue } };
  },
});

/** What the stored levels are multiplied with, so that light of this temperature looks neutral; green is kept. */
function temperatureGains(temperature: number, tint: number): Rgb {
  const neutral = lightColour(NEUTRAL);
  const light = lightColour(temperature);
  const [red, green, blue] = neutral.map((value, channel) => value / light[channel]!) as [
    number,
    number,
    number,
  ];
  const tintGain = 2 ** ((-STOPS_OF_TINT * tint) / 100);
  return [(red / green) ** ENCODING, tintGain ** ENCODING, (blue / green) ** ENCODING];
}

/**
 * Linear sRGB of a black body, up to scale: chromaticity by the cubic splines of Kim et al. (US patent 7024034,
 * 2002), within 1667 to 25 000 K; then the matrix of IEC 61966-2-1.
 */
function lightColour(temperature: number): Rgb {
  const t = 1000 / temperature;
  const x =
    temperature <= 4000
      ? ((-0.2661239 * t - 0.234358) * t + 0.8776956) * t + 0.17991
      : ((-3.0258469 * t + 2.1070379) * t + 0.2226347) * t + 0.24039;
  const y =
    temperature <= 2222
      ? ((-1.1063814 * x - 1.3481102) * x + 2.18555832) * x - 0.20219683
      : temperature <= 4000
        ? ((-0.9549476 * x - 1.37418593) * x + 2.09137015) * x - 0.16748867
        : ((3.081758 * x - 5.8733867) * x + 3.75112997) * x - 0.37001483;
  const X = x / y;
  const Z = (1 - x - y) / y;
  return [
    3.2406 * X - 1.5372 - 0.4986 * Z,
    -0.9689 * X + 1.8758 + 0.0415 * Z,
    0.0557 * X - 0.204 + 1.057 * Z,
  ];
}
