/**
 * Every operation at the ends of its parameters' ranges, on frames that have hardly anything in them: it answers with
 * a picture, or refuses as ArcFlow does; no number that it reports and no face that it moves is NaN or infinite.
 */
import assert from 'node:assert/strict';
import { ArcFlowError } from '../../../lib/core/errors';
import type { Face, Point } from '../../../lib/core/face';
import { CHANNELS, type Frame } from '../../../lib/image/frame';
import type { Parameter, Value } from '../../../lib/core/parameters';
import { preprocessFaces } from '../../../lib/preprocess/face-regions';
import { preprocess } from '../../../lib/preprocess/pipeline';
import { OPERATIONS, toSteps } from '../../../lib/preprocess/steps';
import { frameOf, randomFrame, randomNumbers, type Rgb } from './support';

/** Lists of values in which every parameter is drawn from its extremes, beside those made on purpose. */
const DRAWN = 12;
/** A resize to a side of this length makes frames of up to hundreds of megabytes: once is enough. */
const LARGE_SIDE = 1000;

const plain =
  (...colour: Rgb) =>
  () =>
    colour;
const FRAMES: Readonly<Record<string, Frame>> = {
  'a pixel': frameOf(1, 1, plain(0, 128, 255)),
  'a column': randomFrame(1, 5),
  'a row': randomFrame(5, 1),
  'two by two': randomFrame(2, 2),
  black: frameOf(17, 9, plain(0, 0, 0)),
  white: frameOf(9, 17, plain(255, 255, 255)),
  red: frameOf(12, 12, plain(255, 0, 0)),
  'almost black': frameOf(12, 9, (x) => [x % 2, 0, 1]),
  ordinary: randomFrame(40, 30),
};

/** A face of this box with its landmarks where they usually are. */
function faceIn(x: number, y: number, width: number, height: number): Face {
  const at = (u: number, v: number): Point => ({ x: x + u * width, y: y + v * height });
  return {
    box: { x, y, width, height },
    confidence: 0.9,
    landmarks: {
      leftEye: at(0.3, 0.4),
      rightEye: at(0.7, 0.35),
      nose: at(0.5, 0.6),
      mouthLeft: at(0.35, 0.8),
      mouthRight: at(0.65, 0.8),
    },
    quality: { size: Math.min(width, height), yaw: 0, pitch: 0, roll: 0 },
  };
}

/** In the middle, in each corner and half outside. */
function facesOf({ width, height }: Frame): Face[] {
  const [w, h] = [width / 2, height / 2];
  return [
    faceIn(w / 2, h / 2, w, h),
    ...[0, w].flatMap((x) => [0, h].map((y) => faceIn(x, y, w, h))),
    faceIn(-w / 2, h / 2, w, h),
    faceIn(width - w / 2, -h / 2, w, h),
  ];
}

/** The ends of a parameter's range and its default. */
function extremesOf(parameter: Parameter): readonly Value[] {
  switch (parameter.type) {
    case 'number':
    case 'integer':
      return [parameter.min, parameter.max, parameter.default];
    case 'choice':
      return parameter.choices;
    case 'boolean':
      return [false, true];
    case 'points': {
      const { min, max } = parameter;
      const corner = (x: number, y: number): Point => ({ x, y });
      return [
        parameter.default,
        // The whole range, a sliver, all in one place, a strong perspective, mirrored.
        [corner(min, min), corner(max, min), corner(max, max), corner(min, max)],
        [corner(50, 50), corner(50.001, 50), corner(50.001, 50.001), corner(50, 50.001)],
        [corner(50, 50), corner(50, 50), corner(50, 50), corner(50, 50)],
        [corner(49, 40), corner(51, 40), corner(max, 100), corner(min, 100)],
        [corner(100, 0), corner(0, 0), corner(0, 100), corner(100, 100)],
      ];
    }
  }
}

type Values = Readonly<Record<string, Value>>;

function extremeValues(parameters: readonly Parameter[], random: () => number): Values[] {
  const single = parameters.flatMap((parameter) =>
    extremesOf(parameter).map((value): Values => ({ [parameter.name]: value })),
  );
  const draw = (): Values =>
    Object.fromEntries(
      parameters.map((parameter) => {
        const values = extremesOf(parameter);
        return [parameter.name, values[Math.floor(random() * values.length)]!];
      }),
    );
  return [{}, ...single, ...(parameters.length > 1 ? Array.from({ length: DRAWN }, draw) : [])];
}

function isTooLarge(id: string, values: Values, frame: string): boolean {
  const sides = [values['width'] ?? 0, values['height'] ?? 0].map(Number);
  return id === 'resize' && Math.max(...sides) > LARGE_SIDE && !(frame === 'a row' && sides[1] === 0);
}

/** The path of every number inside that is not finite. */
function strayNumbers(value: unknown, path: string): string[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [`${path} is ${value}`];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => strayNumbers(child, `${path}.${key}`));
}

describe('preprocess: extremes', () => {
  for (const { id, parameters, movesPixels, needsFaces } of OPERATIONS) {
    if (movesPixels || needsFaces) continue;
    it(`${id} works on the regions of faces at the border and of less than a pixel`, () => {
      for (const values of extremeValues(parameters, randomNumbers(id.length))) {
        for (const [name, frame] of Object.entries(FRAMES)) {
          const faces = [...facesOf(frame), faceIn(0.4, 0.4, 0.1, 0.1), faceIn(0, 0, 1e-9, frame.height)];
          const { report } = preprocessFaces(frame, toSteps([{ id, ...values }]), faces);
          assert.equal(report.length, faces.length, `${id} ${JSON.stringify(values)} on ${name}`);
          assert.deepEqual(strayNumbers(report, 'report'), []);
        }
      }
    });
  }

  for (const { id, parameters } of OPERATIONS) {
    it(`${id} gives a picture and finite numbers, or refuses`, () => {
      const random = randomNumbers(id.length);
      for (const values of extremeValues(parameters, random)) {
        for (const [name, frame] of Object.entries(FRAMES)) {
          if (isTooLarge(id, values, name)) continue;
          const what = `${id} ${JSON.stringify(values)} on ${name}`;
          const faces = facesOf(frame);
          try {
            const result = preprocess(frame, toSteps([{ id, ...values }]), { faces });
            const { data, width, height } = result.frame;
            assert.ok(width >= 1 && height >= 1 && Number.isInteger(width * height), what);
            assert.equal(data.length, width * height * CHANNELS, what);
            assert.deepEqual(strayNumbers(result.faces, 'faces'), [], what);
            assert.deepEqual(strayNumbers(result.report, 'report'), [], what);
            const lost = result.report[0]!.facesLost ?? 0;
            assert.equal(result.faces!.length + lost, faces.length, what);
          } catch (error) {
            if (!(error instanceof ArcFlowError)) throw error;
            assert.equal(id, 'perspective', error.message);
          }
        }
      }
    });
  }
});
